// A step that is cut into pieces, that fails, or that is skipped.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/safetensors.h"
#include "models/samplers/normal_tensor.h"
#include "models/status.h"
#include "models/training/trainer.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kBatch = 32;

ConditionedRows Data() {
  return {.x = NormalTensor({.seed = 9}, Purpose::kUser, kBatch, 2)};
}

std::unique_ptr<Trainer> New(const TrainerOptions& options) {
  ModelConfig config;
  config.network = "residual_mlp";
  config.network_options = {{"width", int64_t{8}}, {"blocks", int64_t{1}}};
  config.data.shape = {2};
  config.label = {LabelKind::kNoiseLevel, 0.1, 10.0};
  return *Trainer::New(config, *NewObjective("denoising", {}, config), options,
                       1);
}

std::unique_ptr<Trainer> New(int64_t micro_batch) {
  return New({.batch = kBatch,
              .micro_batch = micro_batch,
              .dequantise = 0.5,
              .data_noise = 0.1});
}

double Step(Trainer& trainer) {
  const absl::StatusOr<double> loss = trainer.Step(Data());
  EXPECT_TRUE(loss.ok()) << loss.status();
  return loss.value_or(0.0);
}

std::string Bytes(const TrainerState& state) {
  return SerializeSafetensors(StateToArrays(state));
}

TEST(TrainerPiecesTest, OneOfTheWholeBatchIsTheStepBitForBit) {
  const auto whole = New(0), one = New(kBatch), more = New(10 * kBatch);
  for (int k = 0; k < 5; ++k) {
    const double loss = Step(*whole);
    EXPECT_EQ(Step(*one), loss);
    EXPECT_EQ(Step(*more), loss);
  }
  EXPECT_EQ(Bytes(one->State()), Bytes(whole->State()));
  EXPECT_EQ(Bytes(more->State()), Bytes(whole->State()));
}

TEST(TrainerPiecesTest, TheirGradientIsThatOfTheWholeBatchsMean) {
  // 32 = 6 · 5 + 2: the last piece is smaller. Adam's means after one step are
  // the gradient, up to a factor, clipped like it.
  const auto whole = New(0), pieces = New(5);
  EXPECT_NEAR(Step(*pieces), Step(*whole), 1e-5);
  const TrainerState one = whole->State(), other = pieces->State();
  double largest = 0.0, difference = 0.0;
  for (const auto& [name, array] : one.means) {
    for (size_t i = 0; i < array.values.size(); ++i) {
      const double value = array.values[i];
      largest = std::max(largest, std::abs(value));
      difference = std::max(difference,
                            std::abs(value - other.means.at(name).values[i]));
    }
  }
  EXPECT_GT(largest, 1e-3);
  EXPECT_LT(difference, 1e-5 * largest);
}

TEST(TrainerPiecesTest, EachAdvanceIsOneAndTheLastReturnsTheLoss) {
  const auto advanced = New(5), stepped = New(5);
  for (int k = 0; k < 3; ++k) {
    for (int piece = 0; piece < 6; ++piece) {
      EXPECT_EQ(*advanced->Advance(Data()), std::nullopt);
      EXPECT_EQ(advanced->steps_done(), k);
    }
    EXPECT_EQ(*advanced->Advance(Data()), Step(*stepped));
    EXPECT_EQ(advanced->steps_done(), k + 1);
  }
  EXPECT_EQ(Bytes(advanced->State()), Bytes(stepped->State()));
}

TEST(TrainerPiecesTest, RowsMayChangeBetweenThem) {
  const auto trainer = New(5), other = New(5);
  const ConditionedRows rows = Data();
  ASSERT_TRUE(trainer->Advance(rows).ok());
  rows.x.fill_(100.0);
  EXPECT_EQ(*trainer->Step(rows), Step(*other));
  EXPECT_EQ(Bytes(trainer->State()), Bytes(other->State()));
}

TEST(TrainerPiecesTest, StateWithinAStepIsThatBeforeIt) {
  const auto trainer = New(5), other = New(5);
  Step(*trainer);
  Step(*other);
  ASSERT_TRUE(trainer->Advance(Data()).ok());
  ASSERT_TRUE(trainer->Advance(Data()).ok());
  EXPECT_EQ(Bytes(trainer->State()), Bytes(other->State()));
  // Taking a state on forgets the pieces: the step begins anew, on rows of now.
  ASSERT_TRUE(trainer->Restore(other->State()).ok());
  const ConditionedRows now = {.x = Data().x.mul(2.0)};
  EXPECT_EQ(*trainer->Step(now), *other->Step(now));
  EXPECT_EQ(Bytes(trainer->State()), Bytes(other->State()));
}

TEST(TrainerPiecesTest, OneThatFailsChangesNothing) {
  const auto trainer = New(5), other = New(5);
  Step(*trainer);
  Step(*other);
  // Each row is in each batch, one of them not finite: in some piece.
  const ConditionedRows bad = Data();
  bad.x[7].fill_(std::numeric_limits<double>::infinity());
  const absl::Status status = trainer->Step(bad).status();
  EXPECT_EQ(ReasonOf(status), Reason::kNumericDivergence);
  EXPECT_THAT(status.message(), HasSubstr(" at step 1 "));
  EXPECT_EQ(Bytes(trainer->State()), Bytes(other->State()));
  EXPECT_EQ(Step(*trainer), Step(*other));
  EXPECT_EQ(Bytes(trainer->State()), Bytes(other->State()));
}

TEST(TrainerPiecesTest, ASkippedStepMovesNothingAndTheNextDrawsAnew) {
  const auto trainer = New(5), other = New(5);
  Step(*trainer);
  Step(*other);
  const TrainerState before = trainer->State();
  ASSERT_TRUE(trainer->Advance(Data()).ok());
  trainer->Skip();
  EXPECT_EQ(trainer->steps_done(), 2);
  EXPECT_EQ(trainer->skipped(), 1);
  TrainerState expected = before;
  expected.steps_done = 2;
  expected.skipped = 1;
  EXPECT_EQ(Bytes(trainer->State()), Bytes(expected));
  EXPECT_NE(Step(*trainer), Step(*other));
}

TEST(TrainerPiecesTest, AStateRemembersWhatWasSkipped) {
  const auto trainer = New(5);
  for (int k = 0; k < 3; ++k) trainer->Skip();
  Step(*trainer);
  const TrainerState state = trainer->State();
  const auto restored = New(5), forgetful = New(5);
  ASSERT_TRUE(restored->Restore(*StateFromArrays(StateToArrays(state))).ok());
  TrainerState forgotten = state;
  forgotten.skipped = 0;
  ASSERT_TRUE(forgetful->Restore(forgotten).ok());
  for (Trainer* one : {trainer.get(), restored.get(), forgetful.get()}) {
    Step(*one);
  }
  EXPECT_EQ(Bytes(restored->State()), Bytes(trainer->State()));
  // To Adam it is another step.
  forgotten = forgetful->State();
  forgotten.skipped = 3;
  EXPECT_NE(Bytes(forgotten), Bytes(trainer->State()));
}

TEST(TrainerPiecesTest, AStateThatSkippedMoreThanItDidIsRefused) {
  TrainerState state = New(5)->State();
  state.steps_done = 3;
  state.skipped = 4;
  EXPECT_EQ(StateFromArrays(StateToArrays(state)).status().message(),
            "skipped must be at most 3, the steps that were done; was 4");
}

}  // namespace
}  // namespace scoreserve
