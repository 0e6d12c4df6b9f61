#include "models/networks/gaussian_mixture.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
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
    const auto k = static_cast<int64_t>(weights.size());
    const ModelConfig config = MixtureConfig(label);
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

TEST(GaussianMixtureTest, RefusesATime) {
  const auto network =
      NewNetwork(kTwoHills.MixtureConfig({LabelKind::kTime, 0.0, 1.0}), 1);
  EXPECT_EQ(FieldOf(network.status()), "label.kind");
}

}  // namespace
}  // namespace scoreserve
