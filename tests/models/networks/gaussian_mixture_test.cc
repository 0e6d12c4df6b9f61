#include "models/networks/gaussian_mixture.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numbers>
#include <utility>
#include <vector>

#include "ATen/ops/full.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/processes/noise_process.h"
#include "models/status.h"
#include "tests/models/networks/network_testing.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

struct Mixture {
  std::vector<float> weights, means, variances;

  ModelConfig MixtureConfig(LabelRule label) const {
    const auto k = static_cast<int64_t>(weights.size());
    return Config("gaussian_mixture", static_cast<int64_t>(means.size()) / k,
                  label, {{"components", k}});
  }

  absl::StatusOr<std::unique_ptr<ScoreNetwork>> Load(LabelRule label) const {
    return LoadAs(MixtureConfig(label));
  }

  absl::StatusOr<std::unique_ptr<ScoreNetwork>> LoadAs(
      const ModelConfig& config) const {
    const auto k = static_cast<int64_t>(weights.size());
    return LoadNetwork(config, {{"weights", {{k}, weights}},
                                {"means", {{k, config.data.dim()}, means}},
                                {"variances", {{k}, variances}}});
  }

  double Score(LabelRule label, std::vector<float> x,
               double level = 0.0) const {
    const auto network = std::move(Load(label)).value();
    const at::Tensor rows = at::empty({1, static_cast<int64_t>(x.size())});
    std::copy(x.begin(), x.end(), rows.mutable_data_ptr<float>());
    ScoreInput input = {.x = rows};
    if (label.kind != LabelKind::kNone) input.label = Labels({level});
    Workspace workspace;
    return network->Score(input, workspace)[0][0].item<double>();
  }
};

// The mixture with the time of that process for a label.
absl::StatusOr<std::unique_ptr<ScoreNetwork>> Timed(const Mixture& mixture,
                                                    const char* process) {
  ModelConfig config = mixture.MixtureConfig({LabelKind::kTime, 0.0, 1.0});
  config.process = ProcessConfig{.name = process, .options = {}};
  return mixture.LoadAs(config);
}

// ½ N(−1.5, ¼) + ½ N(1.5, ¼): published values of its score (see docs).
const Mixture kTwoHills = {{0.5f, 0.5f}, {-1.5f, 1.5f}, {0.25f, 0.25f}};

TEST(GaussianMixtureTest, ScoreOfTwoHillsIsTheClosedForm) {
  EXPECT_NEAR(kTwoHills.Score({}, {0.5f}), 3.970328522, 1e-6);
  EXPECT_NEAR(kTwoHills.Score({}, {1.0f}), 1.999926270, 1e-6);
  EXPECT_NEAR(kTwoHills.Score({}, {2.0f}), -2.0, 1e-6);
}

TEST(GaussianMixtureTest, ScoreInThePlaneIsThePublishedOne) {
  const Mixture mixture = {{0.8f, 0.2f}, {5.f, 5.f, -5.f, -5.f}, {1.f, 1.f}};
  EXPECT_NEAR(mixture.Score({}, {0.5f, -1.0f}), -5.237555469, 1e-6);
}

TEST(GaussianMixtureTest, NoiseLevelAddsItsSquareToEveryVariance) {
  const Mixture noised = {{0.5f, 0.5f}, {-1.5f, 1.5f}, {0.5f, 0.5f}};
  EXPECT_EQ(kTwoHills.Score(kLevelsFromZero, {0.7f}, 0.5),
            noised.Score({}, {0.7f}));
  EXPECT_EQ(kTwoHills.Score(kLevelsFromZero, {0.7f}, 0.0),
            kTwoHills.Score({}, {0.7f}));
}

TEST(GaussianMixtureTest, StaysExactWhereTheDensityUnderflows) {
  // 1,000 deviations out only the nearest hill counts.
  EXPECT_NEAR(kTwoHills.Score({}, {500.0f}), (1.5 - 500.0) / 0.25, 2e-4);
}

TEST(GaussianMixtureTest, EachRowHasItsOwnLevel) {
  const auto network = std::move(kTwoHills.Load(kLevelsFromZero)).value();
  const at::Tensor x = Normals(3, 1, 1);
  Workspace workspace;
  const at::Tensor together =
      network->Score({.x = x, .label = Labels({0.1, 1.0, 10.0})}, workspace);
  const double levels[] = {0.1, 1.0, 10.0};
  for (int64_t i = 0; i < 3; ++i) {
    const at::Tensor alone = network->Score(
        {.x = x.narrow(0, i, 1), .label = Labels({levels[i]})}, workspace);
    EXPECT_EQ(together[i].item<float>(), alone.item<float>());
  }
}

TEST(GaussianMixtureTest, IsNotTrainable) {
  EXPECT_FALSE(std::move(kTwoHills.Load({})).value()->trainable());
}

TEST(GaussianMixtureTest, RefusesWeightsAndVariancesThatAreNone) {
  Mixture mixture = kTwoHills;
  mixture.variances[1] = 0.0f;
  EXPECT_THAT(mixture.Load({}).status().message(),
              HasSubstr("variances[1] must be more than 0; was 0"));
  mixture = kTwoHills;
  mixture.weights[0] = 0.6f;
  EXPECT_EQ(ReasonOf(mixture.Load({}).status()), Reason::kCorruptModel);
  EXPECT_THAT(mixture.Load({}).status().message(), HasSubstr("of sum 1"));
}

TEST(GaussianMixtureTest, TimeMovesMeansAndVariancesAsTheProcessDoes) {
  // ½ N(∓α·1.5, ¼α² + σ²) with α and σ of the process at that time.
  for (const char* name : {"vp", "subvp", "ve", "rve"}) {
    const auto process =
        std::move(NewProcess({.name = name, .options = {}})).value();
    const auto network = std::move(Timed(kTwoHills, name)).value();
    Workspace workspace;
    for (const double time : {0.01, 0.3, 1.0}) {
      const double alpha = process->Alpha(time), sigma = process->Sigma(time);
      const double v = 0.25 * alpha * alpha + sigma * sigma;
      const double mean = 1.5 * alpha;
      const at::Tensor x = at::full({1, 1}, 0.7, at::kFloat);
      const auto x0 = static_cast<double>(x.item<float>());
      const double score = (-x0 + mean * std::tanh(mean * x0 / v)) / v;
      EXPECT_NEAR(network->Score({.x = x, .label = Labels({time})}, workspace)
                      .item<float>(),
                  score, 1e-6 * std::max(1.0, std::abs(score)))
          << name << " at " << time;
    }
  }
}

TEST(GaussianMixtureTest, EnergyIsMinusTheLogarithmOfTheDensity) {
  const auto network = std::move(kTwoHills.Load(kLevelsFromZero)).value();
  Workspace workspace;
  const auto density = [](double x, double v) {
    return 0.5 *
           (std::exp(-0.5 * (x - 1.5) * (x - 1.5) / v) +
            std::exp(-0.5 * (x + 1.5) * (x + 1.5) / v)) /
           std::sqrt(2.0 * std::numbers::pi * v);
  };
  for (const double level : {0.0, 0.5}) {
    const ScoreAndEnergy both = network->ScoreWithEnergy(
        {.x = at::full({1, 1}, 0.75, at::kFloat), .label = Labels({level})},
        workspace);
    EXPECT_EQ(both.energy.scalar_type(), at::kDouble);
    EXPECT_NEAR(both.energy.item<double>(),
                -std::log(density(0.75, 0.25 + level * level)), 1e-12);
  }
}

TEST(GaussianMixtureTest, ScoreIsMinusTheGradientOfTheEnergy) {
  const Mixture mixture = {{0.7f, 0.3f}, {1.f, 0.5f, -1.f, 2.f}, {0.5f, 1.5f}};
  const auto network = std::move(Timed(mixture, "vp")).value();
  Workspace workspace;
  constexpr float kStep = 1.0f / 256;  // Exact in float.
  const auto both_at = [&](float x0, float x1) {
    const at::Tensor x = at::empty({1, 2}, at::kFloat);
    x.mutable_data_ptr<float>()[0] = x0;
    x.mutable_data_ptr<float>()[1] = x1;
    return network->ScoreWithEnergy({.x = x, .label = Labels({0.2})},
                                    workspace);
  };
  const auto slope = [&](float d0, float d1) {
    return (both_at(0.25f - d0, 0.5f - d1).energy.item<double>() -
            both_at(0.25f + d0, 0.5f + d1).energy.item<double>()) /
           (2.0 * kStep);
  };
  // The quotient's own error is a third derivative times kStep²/6, some 3e-6.
  const at::Tensor score = both_at(0.25f, 0.5f).score;
  EXPECT_NEAR(score[0][0].item<float>(), slope(kStep, 0.0f), 2e-5);
  EXPECT_NEAR(score[0][1].item<float>(), slope(0.0f, kStep), 2e-5);
  const at::Tensor alone = network->Score(
      {.x = at::full({1, 2}, 0.5, at::kFloat), .label = Labels({0.2})},
      workspace);
  const at::Tensor with = both_at(0.5f, 0.5f).score;
  EXPECT_EQ(alone[0][0].item<float>(), with[0][0].item<float>());
}

TEST(GaussianMixtureTest, ATimeNeedsAProcess) {
  const auto network =
      NewNetwork(kTwoHills.MixtureConfig({LabelKind::kTime, 0.0, 1.0}), 1);
  EXPECT_EQ(FieldOf(network.status()), "process");
}

}  // namespace
}  // namespace scoreserve
