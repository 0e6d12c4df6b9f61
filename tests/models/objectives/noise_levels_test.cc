#include "models/objectives/noise_levels.h"

#include <cmath>

#include "gtest/gtest.h"

namespace scoreserve {
namespace {

TEST(NoiseLevelsTest, WholeRangeIsThatOfTheProcess) {
  const NoiseLevels levels({LabelKind::kNoiseLevel, 1e-4, 1e4});
  // σ/α at t: published constants of the variance-preserving process.
  EXPECT_NEAR(levels.Quantile(0.0), 0.0104854163 / 0.9999450265, 1e-9);
  EXPECT_NEAR(levels.Quantile(1.0), 0.9999784069 / 0.0065715865, 1e-4);
  EXPECT_NEAR(levels.Quantile((0.5 - 0.001) / 0.999),
              0.9596542021 / 0.2811828808, 1e-8);
}

TEST(NoiseLevelsTest, ALabelsRangeConditionsTheLaw) {
  const NoiseLevels all({LabelKind::kNoiseLevel, 1e-4, 1e4});
  const NoiseLevels some({LabelKind::kNoiseLevel, 0.1, 10.0});
  EXPECT_NEAR(some.Quantile(0.0), 0.1, 1e-12);
  EXPECT_NEAR(some.Quantile(1.0), 10.0, 1e-12);
  // Conditioning keeps the proportions inside.
  const auto fraction = [&](double level) {
    double low = 0.0, high = 1.0;
    while (high - low > 1e-13) {
      const double middle = (low + high) / 2;
      (all.Quantile(middle) < level ? low : high) = middle;
    }
    return low;
  };
  const double u =
      (fraction(1.0) - fraction(0.1)) / (fraction(10.0) - fraction(0.1));
  EXPECT_NEAR(some.Quantile(u), 1.0, 1e-9);
}

}  // namespace
}  // namespace scoreserve
