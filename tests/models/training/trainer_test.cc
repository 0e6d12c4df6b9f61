#include "models/training/trainer.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "ATen/ops/arange.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/full.h"
#include "ATen/ops/zeros.h"
#include "c10/core/InferenceMode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/samplers/noise.h"
#include "models/status.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

constexpr LabelRule kLevels = {LabelKind::kNoiseLevel, 0.01, 50.0};

ModelConfig Small(std::string network = "residual_mlp",
                  LabelRule label = kLevels) {
  ModelConfig config;
  config.network = std::move(network);
  config.data.shape = {2};
  config.label = label;
  if (config.network == "residual_mlp") {
    config.network_options = {{"width", int64_t{16}}, {"blocks", int64_t{1}}};
  }
  return config;
}

// Rows of N(0, diag(4, ¼)).
ConditionedRows Data(int64_t rows = 500) {
  const at::Tensor x = at::empty({rows, 2});
  FillNormals(NoiseKey{.seed = 9}, Purpose::kUser, rows, 2,
              x.mutable_data_ptr<float>());
  x.select(1, 0).mul_(2.0);
  x.select(1, 1).mul_(0.5);
  return {.x = x};
}

std::unique_ptr<Trainer> New(TrainerOptions options, uint64_t seed = 1,
                             const NamedArrays* start = nullptr) {
  return *Trainer::New(Small(), *NewObjective("denoising", {}, Small()),
                       options, seed, start);
}

void Train(Trainer& trainer, int steps, const ConditionedRows& rows = Data()) {
  for (int k = 0; k < steps; ++k) ASSERT_TRUE(trainer.Step(rows).ok());
}

bool Same(const NamedArrays& a, const NamedArrays& b) {
  for (const auto& [name, array] : a) {
    if (array.values != b.at(name).values) return false;
  }
  return true;
}

TEST(TrainerTest, SameSeedGivesTheSameWeightsBitForBit) {
  auto one = New({.batch = 32}), same = New({.batch = 32}),
       other = New({.batch = 32}, 2);
  for (Trainer* trainer : {one.get(), same.get(), other.get()})
    Train(*trainer, 20);
  EXPECT_TRUE(Same(one->EmaWeights(), same->EmaWeights()));
  EXPECT_FALSE(Same(one->EmaWeights(), other->EmaWeights()));
}

TEST(TrainerTest, LearnsTheScoreOfAGaussian) {
  auto trainer =
      New({.batch = 128, .learning_rate = 3e-3, .steps = 1000, .ema = 0.99});
  const double before = trainer->HoldOutLoss(Data());
  Train(*trainer, 1000);
  EXPECT_LT(trainer->HoldOutLoss(Data()), before);
  // At (2, ½), noise level 1: −x / (variance + 1).
  const at::Tensor x = at::empty({1, 2}), label = at::empty({1}, at::kDouble);
  x.mutable_data_ptr<float>()[0] = 2.0f;
  x.mutable_data_ptr<float>()[1] = 0.5f;
  label.fill_(1.0);
  Workspace workspace;
  const at::Tensor score =
      trainer->averaged().Score({.x = x, .label = label}, workspace);
  EXPECT_NEAR(score[0][0].item<double>(), -2.0 / 5.0, 0.1);
  EXPECT_NEAR(score[0][1].item<double>(), -0.5 / 1.25, 0.1);
}

TEST(TrainerTest, LearnsTheScoreOfEachClassAndOfBoth) {
  // N(−2, ¼) and N(2, ¼), half of the rows each, at the times of a process.
  ModelConfig config = Small();
  config.data.shape = {1};
  config.label = {LabelKind::kTime, 0.001, 1.0};
  config.process = ProcessConfig{.name = "vp", .options = {}};
  config.classes = 2;
  const ConditionedRows rows = {
      .x = at::empty({500, 1}),
      .condition = at::arange(500, at::kLong).remainder(2)};
  FillNormals(NoiseKey{.seed = 9}, Purpose::kUser, 500, 1,
              rows.x.mutable_data_ptr<float>());
  rows.x.mul_(0.5).add_(rows.condition.mul(4.0).sub(2.0).unsqueeze(1));
  auto trainer = *Trainer::New(
      config, *NewObjective("denoising", {{"condition_dropout", 0.3}}, config),
      {.batch = 128, .learning_rate = 5e-3, .steps = 2000, .ema = 0.99}, 1);
  Train(*trainer, 2000, rows);
  // At x = 0 and t = ½ the classes pull apart and together they cancel: with
  // variance v = α²/4 + σ², the scores are ∓2α/v and 0.
  const double alpha = 0.2811828808, sigma = 0.9596542021;
  const double pull = 2.0 * alpha / (alpha * alpha / 4.0 + sigma * sigma);
  Workspace workspace;
  const at::Tensor score =
      trainer->averaged().Score({.x = at::zeros({3, 1}),
                                 .label = at::full({3}, 0.5, at::kDouble),
                                 .condition = at::arange(3, at::kLong).sub(1)},
                                workspace);
  EXPECT_NEAR(score[0].item<double>(), 0.0, 0.05);
  EXPECT_NEAR(score[1].item<double>(), -pull, 0.05);
  EXPECT_NEAR(score[2].item<double>(), pull, 0.05);
}

TEST(TrainerTest, AnEmaOfZeroIsTheWeightsThemselves) {
  auto averaged = New({.batch = 8, .ema = 0.999}),
       last = New({.batch = 8, .ema = 0.0});
  Train(*averaged, 1);
  Train(*last, 1);
  // After one step from w0 to w1 the young average is ⅒ w0 + 9⁄10 w1.
  const NamedArrays start =
      SaveWeights(*std::move(NewNetwork(Small(), 1)).value());
  const std::string name = "last.weight";  // The one that moves first.
  const float w0 = start.at(name).values[0];
  const float w1 = last->EmaWeights().at(name).values[0];
  EXPECT_NE(w0, w1);
  EXPECT_NEAR(averaged->EmaWeights().at(name).values[0], 0.1f * w0 + 0.9f * w1,
              1e-6f);
}

TEST(TrainerTest, LearningRateRisesThenFallsToOnePercent) {
  const TrainerOptions options = {
      .learning_rate = 2.0, .warm_up = 10, .steps = 1000};
  EXPECT_NEAR(LearningRate(options, 0), 0.2, 1e-12);
  EXPECT_NEAR(LearningRate(options, 500), 2.0 * 0.505, 1e-12);
  EXPECT_NEAR(LearningRate(options, 1000), 0.02, 1e-12);
  EXPECT_NEAR(LearningRate(options, 5000), 0.02, 1e-12);
  EXPECT_EQ(LearningRate({.learning_rate = 2.0, .warm_up = 0, .steps = 0}, 7),
            2.0);
}

TEST(TrainerTest, EmaDecayWarmsUp) {
  EXPECT_EQ(EmaDecay({.ema = 0.999}, 0), 0.1);
  EXPECT_EQ(EmaDecay({.ema = 0.999}, 89), 90.0 / 99.0);
  EXPECT_EQ(EmaDecay({.ema = 0.999}, 1'000'000), 0.999);
}

TEST(TrainerTest, LossThatIsNotFiniteStopsItNamingTheStep) {
  auto trainer = New({.batch = 8});
  Train(*trainer, 3);
  const NamedArrays before = trainer->EmaWeights();
  const ConditionedRows bad = Data();
  bad.x.fill_(std::numeric_limits<double>::quiet_NaN());
  const absl::Status status = trainer->Step(bad).status();
  EXPECT_EQ(ReasonOf(status), Reason::kNumericDivergence);
  EXPECT_THAT(status.message(),
              HasSubstr("loss must stay finite; was nan at step 3"));
  EXPECT_EQ(trainer->steps_done(), 3);
  EXPECT_TRUE(Same(before, trainer->EmaWeights()));
}

TEST(TrainerTest, HoldOutLossIsAlwaysOfTheSameDraws) {
  auto trainer = New({.batch = 8});
  const double loss = trainer->HoldOutLoss(Data());
  Train(*trainer, 1);
  trainer->HoldOutLoss(Data());
  EXPECT_EQ(New({.batch = 8})->HoldOutLoss(Data()), loss);
}

TEST(TrainerTest, SeedsAreComparedOnTheSameDraws) {
  const NamedArrays start = SaveWeights(**NewNetwork(Small(), 1));
  auto one = New({.batch = 8}, 1, &start), two = New({.batch = 8}, 2, &start);
  EXPECT_EQ(one->HoldOutLoss(Data(), 7), two->HoldOutLoss(Data(), 7));
  EXPECT_NE(one->HoldOutLoss(Data()), two->HoldOutLoss(Data()));
}

TEST(TrainerTest, WorksInsideInferenceMode) {
  auto outside = New({.batch = 8});
  Train(*outside, 2);
  const ConditionedRows rows = Data();
  const c10::InferenceMode inference;
  auto inside = New({.batch = 8});
  Train(*inside, 2, rows);
  EXPECT_TRUE(Same(inside->EmaWeights(), outside->EmaWeights()));
}

TEST(TrainerTest, GoesOnFromGivenWeights) {
  auto first = New({.batch = 8});
  Train(*first, 2);
  const NamedArrays start = first->EmaWeights();
  EXPECT_TRUE(Same(New({.batch = 8}, 5, &start)->EmaWeights(), start));
}

TEST(TrainerTest, RefusesAClosedForm) {
  const auto trainer =
      Trainer::New(Small("gaussian_mixture"),
                   *NewObjective("denoising", {}, Small()), {}, 1);
  EXPECT_EQ(trainer.status().message(),
            "network 'gaussian_mixture' cannot be trained");
}

}  // namespace
}  // namespace scoreserve
