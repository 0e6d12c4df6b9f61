#include "server/engine/block_state.h"

#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/test_models.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

StepTable TableOf(const Step& step) {
  return StepTable({{.cycle = {step}, .repeats = 1}});
}

// Row i of every plane holds numbers that no other row has.
void Number(Pass& pass) {
  pass.NeedCompanion();
  pass.NeedHeld();
  std::iota(pass.put_points(0, 4), pass.put_points(4, 0), 0.0f);
  std::iota(pass.put_companions(0, 4), pass.put_companions(4, 0), 100.0f);
  float* score = pass.held_score.data_ptr<float>();
  std::iota(score, score + 4 * pass.dim(), 200.0f);
  double* energy = pass.held_energy.data_ptr<double>();
  std::iota(energy, energy + 4, 300.0);
}

class BlockStateTest : public testing::Test {
 protected:
  const std::shared_ptr<const ModelSnapshot> model_ =
      Snapshot(GaussianFiles(2, 1.0f), 4);
  Pass from_{model_->network.get(), 4, true};
  Pass to_{model_->network.get(), 4, true};
};

TEST_F(BlockStateTest, EveryPlaneOfAMetropolisBlockGoesWhereItIsPut) {
  Number(from_);
  BlockState state = {.first_row = 7, .rows = 2, .step = 3};
  ExportBlock(TableOf({.kind = StepKind::kMetropolis}), from_, 1, state);
  EXPECT_EQ(state.first_row, 7);
  EXPECT_EQ(state.step, 3);
  EXPECT_THAT(state.x, ElementsAre(2, 3, 4, 5));
  EXPECT_THAT(state.y, ElementsAre(102, 103, 104, 105));
  EXPECT_THAT(state.held_score, ElementsAre(202, 203, 204, 205));
  EXPECT_THAT(state.held_energy, ElementsAre(301, 302));

  ImportBlock(state, 2, to_);
  BlockState again = {.first_row = 7, .rows = 2, .step = 3};
  ExportBlock(TableOf({.kind = StepKind::kMetropolis}), to_, 2, again);
  EXPECT_EQ(again, state);
}

TEST_F(BlockStateTest, APlaneThatNoStepUsesIsNotCarried) {
  Number(from_);
  BlockState state = {.first_row = 0, .rows = 1, .step = 0};
  ExportBlock(TableOf({}), from_, 0, state);
  EXPECT_THAT(state.x, ElementsAre(0, 1));
  EXPECT_THAT(state.y, IsEmpty());
  EXPECT_THAT(state.held_score, IsEmpty());
  ExportBlock(TableOf({.yy = 0.5}), from_, 0, state);
  EXPECT_THAT(state.y, ElementsAre(100, 101));
  EXPECT_THAT(state.held_energy, IsEmpty());
}

TEST_F(BlockStateTest, AnImportLeavesTheOtherRowsUntouched) {
  Number(to_);
  Number(from_);
  BlockState state = {.first_row = 0, .rows = 1, .step = 0};
  ExportBlock(TableOf({.kind = StepKind::kMetropolis}), from_, 3, state);
  ImportBlock(state, 1, to_);
  EXPECT_THAT(std::vector<float>(to_.points(0), to_.points(4)),
              ElementsAre(0, 1, 6, 7, 4, 5, 6, 7));
}

}  // namespace
}  // namespace scoreserve
