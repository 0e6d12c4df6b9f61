#include "models/training/row_noise.h"

#include <cmath>
#include <cstdint>

#include "ATen/ops/arange.h"
#include "ATen/ops/eye.h"
#include "ATen/ops/zeros.h"
#include "c10/core/InferenceMode.h"
#include "gtest/gtest.h"
#include "tests/models/training/score_matching_testing.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

constexpr NoiseKey kKey = {.seed = 3, .step = 4, .row = 0};

DataSpace Scaled(double scale) {
  DataSpace space;
  space.shape = {3};
  space.scale = scale;
  return space;
}

ConditionedRows Rows() {
  return {.x = at::arange(30'000, at::kFloat).view({10'000, 3}),
          .condition = at::arange(10'000, at::kLong)};
}

// What it adds, in model space.
at::Tensor Added(const RowNoise& noise) {
  return noise.AddTo({.x = at::zeros({10'000, 3})}, kKey).x.to(at::kDouble);
}

TEST(RowNoiseTest, NoneIsTheRowsThemselves) {
  const ConditionedRows rows = Rows();
  EXPECT_TRUE(RowNoise().AddTo(rows, kKey).x.is_same(rows.x));
  EXPECT_TRUE(RowNoise(0.0, 0.0, Scaled(2.0)).none());
}

TEST(RowNoiseTest, UniformNoiseFillsTheGapsOfAGrid) {
  // Width 3 at scale 2: uniform on (−¾, ¾) in model space.
  const at::Tensor noise = Added(RowNoise(3.0, 0.0, Scaled(2.0)));
  EXPECT_LE(noise.abs().max().item<double>(), 0.75);
  EXPECT_GT(noise.max().item<double>(), 0.749);
  EXPECT_LT(noise.min().item<double>(), -0.749);
  // 30,000 numbers: in standard errors of mean and variance.
  const double variance = 1.5 * 1.5 / 12.0;
  EXPECT_NEAR(noise.mean().item<double>(), 0.0, 4 * std::sqrt(variance / 3e4));
  EXPECT_NEAR(noise.square().mean().item<double>(), variance,
              4 * variance * std::sqrt(0.8 / 3e4));
}

TEST(RowNoiseTest, NormalNoiseHasItsDeviationInDataSpace) {
  const at::Tensor noise = Added(RowNoise(0.0, 3.0, Scaled(2.0)));
  EXPECT_NEAR(noise.mean().item<double>(), 0.0, 4 * 1.5 / std::sqrt(3e4));
  EXPECT_NEAR(noise.square().mean().item<double>(), 2.25,
              4 * 2.25 * std::sqrt(2.0 / 3e4));
}

TEST(RowNoiseTest, ARowsNoiseFollowsFromItsKey) {
  const RowNoise noise(1.0, 1.0, Scaled(1.0));
  const ConditionedRows rows = Rows(), whole = noise.AddTo(rows, kKey);
  NoiseKey later = kKey;
  later.row = 1234;
  EXPECT_TRUE(noise.AddTo(rows.Range(1234, 77), later)
                  .x.equal(whole.x.narrow(0, 1234, 77)));
  for (const NoiseKey& other :
       {NoiseKey{.seed = 4, .step = 4}, NoiseKey{.seed = 3, .step = 5}}) {
    EXPECT_FALSE(noise.AddTo(rows, other).x.equal(whole.x));
  }
  EXPECT_TRUE(whole.condition.equal(rows.condition));
  EXPECT_TRUE(rows.x.equal(Rows().x));
}

TEST(RowNoiseTest, GivesOrdinaryTensorsInInferenceModeToo) {
  const c10::InferenceMode inference;
  EXPECT_FALSE(
      RowNoise(1.0, 1.0, Scaled(1.0)).AddTo(Rows(), kKey).x.is_inference());
}

// Rows that are all 0 have no density; with noise of variance v (model space)
// the best linear score is −x / v, and its loss −1 / 2v a coordinate.
void ExpectLearnsTheNoise(const TrainerOptions& options, double variance) {
  ModelConfig config;
  config.network = "mlp";
  config.network_options = {{"layers", int64_t{0}}};
  config.data = Scaled(2.0);
  const auto trainer =
      *Trainer::New(config, *NewObjective("sliced", {}, config), options, 1);
  const at::Tensor rows = at::zeros({4096, 3});
  TrainFor(*trainer, options.steps, rows);
  Workspace workspace;
  const at::Tensor map =
      trainer->averaged()
          .Score({.x = at::eye(3)}, workspace)
          .detach()
          .sub(trainer->averaged().Score({.x = at::zeros({1, 3})}, workspace));
  const at::Tensor error = map.add(at::eye(3), 1.0 / variance);
  EXPECT_LT(error.norm().item<double>(), 0.05 * std::sqrt(3.0) / variance);
  EXPECT_NEAR(trainer->HoldOutLoss({.x = rows}), -1.5 / variance,
              0.05 * 1.5 / variance);
}

TEST(RowNoiseTest, TrainingSeesItAnewAtEachStep) {
  const TrainerOptions options = {
      .batch = 256, .learning_rate = 0.03, .steps = 600, .ema = 0.98};
  TrainerOptions grid = options, normal = options;
  grid.dequantise = 4.0;
  ExpectLearnsTheNoise(grid, 2.0 * 2.0 / 12.0);
  normal.data_noise = 1.0;
  ExpectLearnsTheNoise(normal, 0.25);
}

}  // namespace
}  // namespace scoreserve
