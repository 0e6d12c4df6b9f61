#include "models/networks/residual_mlp.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "ATen/ops/equal.h"
#include "gtest/gtest.h"
#include "models/processes/noise_process.h"
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

TEST(ResidualMlpTest, FreshNetworkAtATimeIsTheScoreOfNoisedWhiteData) {
  // x_t ~ N(0, α² + σ²), which is N(0, 1) throughout for "vp".
  const at::Tensor x = Normals(3, 5, 1);
  const double times[] = {0.001, 0.3, 1.0};
  for (const char* name : {"vp", "subvp", "ve"}) {
    const ModelConfig config = TimedConfig(name, 5);
    const auto process = *ProcessOf(config);
    const auto network = New(config);
    EXPECT_EQ(network->label_kind(), LabelKind::kTime);
    Workspace workspace;
    const at::Tensor score =
        network->Score({.x = x, .label = Labels({0.001, 0.3, 1.0})}, workspace);
    for (int64_t i = 0; i < 3; ++i) {
      const Level level = process->At(times[i]);
      const double expected =
          -x[i][2].item<double>() /
          (level.alpha * level.alpha + level.sigma * level.sigma);
      EXPECT_NEAR(score[i][2].item<double>(), expected,
                  1e-6 * std::abs(expected))
          << name;
    }
  }
}

TEST(ResidualMlpTest, AtATimeItIsTheNetworkOfTheNoiseThatItStandsFor) {
  // s_t(x) = s(x/α, σ/α)/α, of the same weights.
  const ModelConfig timed_config = TimedConfig("subvp", 4);
  ModelConfig noise_config = timed_config;
  noise_config.label = {LabelKind::kNoiseLevel, 1e-4, 1e4};
  noise_config.process.reset();
  const auto timed = New(timed_config), noise = New(noise_config);
  Shake(*timed, 0.3);
  Shake(*noise, 0.3);
  const auto process = *ProcessOf(timed_config);
  const at::Tensor x = Normals(1, 4, 1);
  for (const double time : {0.01, 0.3, 0.9}) {
    const Level level = process->At(time);
    Workspace workspace, other;
    const at::Tensor score =
        timed->Score({.x = x, .label = Labels({time})}, workspace);
    const at::Tensor expected =
        noise
            ->Score({.x = x.div(level.alpha), .label = Labels({level.ratio()})},
                    other)
            .div(level.alpha);
    EXPECT_LT(score.sub(expected).abs().max().item<double>(),
              1e-5 * expected.abs().max().item<double>());
  }
}

TEST(ResidualMlpTest, EachClassAndNoneHaveScoresOfTheirOwn) {
  const auto network = New(TimedConfig("vp", 4, 3));
  EXPECT_EQ(network->classes(), 3);
  Shake(*network, 0.3);
  const at::Tensor x = Normals(1, 4, 1).expand({4, 4});
  const at::Tensor label = Labels({0.3, 0.3, 0.3, 0.3});
  Workspace workspace, other;
  const at::Tensor score = network->Score(
      {.x = x, .label = label, .condition = Classes({kNoCondition, 0, 1, 2})},
      workspace);
  for (int64_t i = 0; i < 4; ++i) {
    for (int64_t j = 0; j < i; ++j) {
      EXPECT_GT(score[i].sub(score[j]).abs().max().item<double>(), 1e-3);
    }
  }
  // Where no row is conditioned, each has the score of none.
  const at::Tensor none = network->Score({.x = x, .label = label}, other);
  for (int64_t i = 0; i < 4; ++i) {
    EXPECT_LT(none[i].sub(score[0]).abs().max().item<double>(), 1e-5);
  }
}

TEST(ResidualMlpTest, ClassesLeaveTheOtherWeightsAsTheyWere) {
  const auto plain = New(TimedConfig("vp", 4)),
             classes = New(TimedConfig("vp", 4, 3));
  ASSERT_EQ(classes->Weights().size(), plain->Weights().size() + 1);
  for (size_t i = 0; i < plain->Weights().size(); ++i) {
    EXPECT_EQ(plain->Weights()[i].first, classes->Weights()[i].first);
    EXPECT_TRUE(
        at::equal(plain->Weights()[i].second, classes->Weights()[i].second));
  }
  EXPECT_EQ(classes->Weights().back().first, "classes.weight");
  EXPECT_EQ(classes->Weights().back().second.size(0), 4);
}

TEST(ResidualMlpTest, RefusesALabelThatIsNoneOrReachesNoNoise) {
  EXPECT_EQ(NewNetwork(Config("residual_mlp", 2), 1).status().message(),
            "label.kind must be noise_level or time for network "
            "'residual_mlp'");
  ModelConfig timed = TimedConfig("vp", 2);
  timed.label.min = 0.0;
  EXPECT_EQ(FieldOf(NewNetwork(timed, 1).status()), "label.min");
  timed = TimedConfig("ve", 2);
  timed.label.min = 0.0;  // There σ(0) is more than 0.
  EXPECT_TRUE(NewNetwork(timed, 1).ok());
  timed = TimedConfig("flow", 2);
  EXPECT_EQ(FieldOf(NewNetwork(timed, 1).status()), "process");
  const auto zero = NewNetwork(Config("residual_mlp", 2, kLevelsFromZero), 1);
  EXPECT_EQ(zero.status().message(),
            "label.min must be more than 0 for network 'residual_mlp'; was 0");
}

}  // namespace
}  // namespace scoreserve
