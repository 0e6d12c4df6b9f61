#include "models/networks/residual_mlp.h"

#include <cmath>
#include <cstdint>
#include <memory>

#include "gtest/gtest.h"
#include "models/status.h"
#include "tests/models/networks/network_testing.h"

namespace scoreserve {
namespace {

int64_t NumWeights(const ScoreNetwork& network) {
  int64_t count = 0;
  for (const auto& [name, weight] : network.Weights()) count += weight.numel();
  return count;
}

TEST(ResidualMlpTest, FreshNetworkIsTheScoreOfWhiteData) {
  // F = 0 leaves D = x / (1 + σ²), whose score is that of N(0, 1 + σ²).
  const auto network =
      New(Config("residual_mlp", 5, kLevels, {{"width", int64_t{16}}}));
  const at::Tensor x = Normals(3, 5, 1);
  Workspace workspace;
  const at::Tensor score =
      network->Score({.x = x, .label = Labels({0.01, 1.0, 50.0})}, workspace);
  const double levels[] = {0.01, 1.0, 50.0};
  for (int64_t i = 0; i < 3; ++i) {
    const double expected =
        -x[i][2].item<double>() / (1.0 + levels[i] * levels[i]);
    EXPECT_NEAR(score[i][2].item<double>(), expected,
                1e-6 * std::abs(expected));
  }
}

TEST(ResidualMlpTest, DefaultForDigitsHas481ThousandWeights) {
  EXPECT_EQ(NumWeights(*New(Config("residual_mlp", 64, kLevels))), 481'152);
}

TEST(ResidualMlpTest, ScoreIsThatOfThePreconditionedDenoiser) {
  // A last layer of weight 0 makes F its bias, whatever x is.
  const auto network = New(Config("residual_mlp", 1, kLevels));
  network->Weights().back().second.fill_(3.0);
  const double x = 0.75, sigma = 0.5;
  Workspace workspace;
  const ScoreInput input = {.x = Labels({x}).to(at::kFloat).unsqueeze(1),
                            .label = Labels({sigma})};
  const double root = std::sqrt(1.0 + sigma * sigma);
  const double denoised = x / (root * root) + sigma / root * 3.0;
  EXPECT_NEAR(network->Score(input, workspace).item<double>(),
              (denoised - x) / (sigma * sigma), 1e-6);
}

TEST(ResidualMlpTest, RefusesALabelThatIsNoNoiseLevelOrReachesZero) {
  EXPECT_EQ(FieldOf(NewNetwork(Config("residual_mlp", 2), 1).status()),
            "label.kind");
  const auto zero = NewNetwork(Config("residual_mlp", 2, kLevelsFromZero), 1);
  EXPECT_EQ(zero.status().message(),
            "label.min must be more than 0 for network 'residual_mlp'; was 0");
}

}  // namespace
}  // namespace scoreserve
