#include "models/quality/run_sampler.h"

#include <cmath>
#include <memory>

#include "ATen/ops/equal.h"
#include "ATen/ops/tensor.h"
#include "gtest/gtest.h"
#include "models/quality/quality_data.h"
#include "tests/models/networks/network_testing.h"

namespace scoreserve {
namespace {

// N(0, I): one component at the origin.
std::unique_ptr<ScoreNetwork> WhiteNoise() {
  const ModelConfig config = Config("gaussian_mixture", 2, kLevelsFromZero);
  return *LoadNetwork(config, {{"weights", {{1}, {1.0f}}},
                               {"means", {{1, 2}, {0.0f, 0.0f}}},
                               {"variances", {{1}, {1.0f}}}});
}

TEST(RunSamplerTest, RunsEveryStepOfTheTable) {
  // On N(0, I) the score is −x / (1 + σ²), and each step acts exactly on the
  // variance of a row.
  const SamplerPlan plan = *StandardSampler({.label = kLevelsFromZero});
  double variance = plan.start_scale * plan.start_scale;
  for (int64_t k = 0; k < plan.table.num_steps(); ++k) {
    const Step& step = plan.table.At(k);
    const double gain = step.xx - step.xs / (1.0 + step.label * step.label);
    variance = gain * gain * variance + step.xz * step.xz;
  }
  const int64_t rows = 4000;
  const at::Tensor x = RunSampler(*WhiteNoise(), plan, rows, 1);
  EXPECT_NEAR(x.square().mean().item<double>(), variance,
              4.0 * variance * std::sqrt(2.0 / (2.0 * rows)));
}

TEST(RunSamplerTest, RowsAreDrawnUnderTheirOwnConditions) {
  // Three rows of each class and three of none, at different weights; each as
  // if all were like it.
  const auto network = New(TimedConfig("ve", 2, 2));
  Shake(*network, 0.3);
  SamplerPlan plan = {
      .table = StepTable(
          {{.cycle = {{.label = 0.5, .xs = 0.1, .xz = 0.1}}, .repeats = 5}})};
  const at::Tensor condition =
      Classes({0, 0, 0, 1, 1, 1, kNoCondition, kNoCondition, kNoCondition});
  const at::Tensor guidance =
      at::tensor({0.0f, 1.0f, 2.0f, 0.0f, 1.0f, 2.0f, 0.0f, 1.0f, 2.0f});
  const at::Tensor together = RunSampler(
      *network, plan, 9, 1, {.condition = condition, .guidance = guidance});
  for (int64_t i = 0; i < 9; ++i) {
    const at::Tensor alike = RunSampler(
        *network, plan, 9, 1,
        {.condition = condition.narrow(0, i, 1).expand({9}).contiguous(),
         .guidance = guidance.narrow(0, i, 1).expand({9}).contiguous()});
    EXPECT_LT(together[i].sub(alike[i]).abs().max().item<double>(), 1e-4);
  }
}

TEST(RunSamplerTest, ARowDoesNotDependOnHowManyThereAre) {
  const SamplerPlan plan = *StandardSampler({.label = kLevelsFromZero});
  const at::Tensor many = RunSampler(*WhiteNoise(), plan, 9, 1);
  const at::Tensor few = RunSampler(*WhiteNoise(), plan, 3, 1);
  EXPECT_TRUE(at::equal(many.narrow(0, 0, 3), few));
}

}  // namespace
}  // namespace scoreserve
