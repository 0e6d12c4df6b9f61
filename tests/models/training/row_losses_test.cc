#include "models/training/row_losses.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "c10/core/InferenceMode.h"
#include "gtest/gtest.h"
#include "models/samplers/normal_tensor.h"
#include "models/training/trainer.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

constexpr int64_t kRows = 300;

struct Kind {
  const char* network;
  const char* objective;
  LabelRule label = {};
};

// Of a label and of none, and an energy, whose losses are in double.
const Kind kKinds[] = {
    {"residual_mlp", "denoising", {LabelKind::kNoiseLevel, 0.1, 10.0}},
    {"mlp", "sliced"},
    {"energy_mlp", "fd_sliced"}};

class RowLossesTest : public ::testing::TestWithParam<Kind> {
 protected:
  RowLossesTest() {
    config_.network = GetParam().network;
    config_.network_options = {{"width", int64_t{8}}};
    config_.data.shape = {2};
    config_.label = GetParam().label;
    objective_ = *NewObjective(GetParam().objective, {}, config_);
    network_ = *NewNetwork(config_, 1);
  }

  std::vector<double> Of(const ConditionedRows& rows, int64_t first_ordinal,
                         uint64_t seed = 7) {
    Workspace workspace;
    return RowLosses(*objective_, noise_, seed)
        .Of(*network_, rows, first_ordinal, workspace);
  }

  ModelConfig config_;
  const RowNoise noise_{0.2, 0.1, DataSpace()};
  std::unique_ptr<Objective> objective_;
  std::unique_ptr<ScoreNetwork> network_;
  const ConditionedRows rows_ = {
      .x = NormalTensor({.seed = 9}, Purpose::kUser, kRows, 2)};
};

TEST_P(RowLossesTest, HowRowsAreCutDoesNotMatter) {
  const std::vector<double> whole = Of(rows_, 100);
  ASSERT_EQ(whole.size(), static_cast<size_t>(kRows));
  for (int64_t row = 0; row < kRows; row += 7) {
    const int64_t count = std::min<int64_t>(7, kRows - row);
    const std::vector<double> piece = Of(rows_.Range(row, count), 100 + row);
    for (int64_t i = 0; i < count; ++i) {
      const double loss = whole[static_cast<size_t>(row + i)];
      // Of finite differences the forward's rounding is a larger part.
      EXPECT_NEAR(piece[static_cast<size_t>(i)], loss,
                  1e-3 * (1.0 + std::abs(loss)));
    }
  }
}

TEST_P(RowLossesTest, DrawsFollowFromSeedAndOrdinal) {
  EXPECT_EQ(Of(rows_, 100), Of(rows_, 100));
  EXPECT_NE(Of(rows_, 100), Of(rows_, 101));
  EXPECT_NE(Of(rows_, 100), Of(rows_, 100, /*seed=*/8));
}

TEST_P(RowLossesTest, AreTheSameInInferenceMode) {
  const std::vector<double> outside = Of(rows_, 0);
  const c10::InferenceMode inference;
  EXPECT_EQ(Of(rows_, 0), outside);
  EXPECT_EQ(Of({.x = rows_.x.clone()}, 0), outside);
}

TEST_P(RowLossesTest, OnlyTheRowThatIsNotFiniteHasALossThatIsNot) {
  const ConditionedRows rows = {.x = rows_.x.clone()};
  rows.x[5].fill_(std::numeric_limits<double>::quiet_NaN());
  const std::vector<double> losses = Of(rows, 0);
  for (size_t i = 0; i < losses.size(); ++i) {
    EXPECT_EQ(std::isfinite(losses[i]), i != 5) << i;
  }
}

TEST_P(RowLossesTest, TheirMeanIsTheTrainersHoldOutLoss) {
  const TrainerOptions options = {.dequantise = 0.2, .data_noise = 0.1};
  const auto trainer = *Trainer::New(
      config_, *NewObjective(GetParam().objective, {}, config_), options, 1);
  double sum = 0.0;
  for (const double loss : Of(rows_, 0)) sum += loss;
  EXPECT_EQ(trainer->HoldOutLoss(rows_, 7), sum / kRows);
}

TEST_P(RowLossesTest, NoRowsHaveNoLosses) {
  EXPECT_TRUE(Of(rows_.Range(0, 0), 0).empty());
}

INSTANTIATE_TEST_SUITE_P(Kinds, RowLossesTest, ::testing::ValuesIn(kKinds),
                         [](const auto& kind) {
                           return std::string(kind.param.network);
                         });

}  // namespace
}  // namespace scoreserve
