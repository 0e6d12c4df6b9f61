#include "models/quality/run_sampler.h"

#include <cmath>
#include <memory>

#include "ATen/ops/equal.h"
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

TEST(RunSamplerTest, StandardSamplerDrawsFromTheDensity) {
  const SamplerPlan plan = *StandardSampler(kLevelsFromZero);
  const int64_t rows = 4000;
  const at::Tensor x = RunSampler(*WhiteNoise(), plan, rows, 1);
  const double variance = x.square().mean().item<double>();
  // Two coordinates a row; each level leaves a bias of its step's half: 5 %.
  EXPECT_NEAR(variance, 1.0, 0.05 + 4.0 * std::sqrt(2.0 / (2.0 * rows)));
}

TEST(RunSamplerTest, ARowDoesNotDependOnHowManyThereAre) {
  const SamplerPlan plan = *StandardSampler(kLevelsFromZero);
  const at::Tensor many = RunSampler(*WhiteNoise(), plan, 9, 1);
  const at::Tensor few = RunSampler(*WhiteNoise(), plan, 3, 1);
  EXPECT_TRUE(at::equal(many.narrow(0, 0, 3), few));
}

}  // namespace
}  // namespace scoreserve
