#include "models/samplers/constraint.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/samplers/ddim.h"
#include "tests/models/samplers/diffusion_testing.h"

namespace scoreserve {
namespace {

constexpr double kFree = std::numeric_limits<double>::infinity();

SamplerPlan Ancestral(const SamplerTarget& target, int64_t levels,
                      int64_t resampling) {
  return PlanOf(DdimSampler(),
                {{"num_steps", levels},
                 {"grid", std::string("karras")},
                 {"ratio_max", 100.0},
                 {"eta", 1.0},
                 {"resampling", resampling}},
                target);
}

TEST(ConstraintTest, CoordinatesAreReplacedAsTheGoldenValuesSay) {
  const Level vp = TimeTarget("vp").process->At(0.4);
  const Level ve = TimeTarget("ve").process->At(0.4);
  const auto masked = [](const Level& level, double r) {
    return MaskedCoordinate(level.alpha, level.sigma, 1.2, r, -0.7, 3.5);
  };
  ExpectGolden(masked(vp, 0.0), -.097206306796);
  ExpectGolden(masked(vp, 0.5), -.077831382387);
  ExpectGolden(masked(ve, 0.0), .98880382822);
  EXPECT_EQ(masked(ve, 0.5), 3.5);
  EXPECT_EQ(masked(vp, kFree), 3.5);
  EXPECT_EQ(masked(Level{}, 0.0), 1.2);  // Clean data: exactly what is known.
}

TEST(ConstraintTest, EachCoordinateHasItsOwnValueDeviationAndNoise) {
  const Mask mask = {.value = {1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f},
                     .deviation = {0.0f, INFINITY, 0.0f, 0.0f, 0.0f, 9.0f}};
  const MaskLevel level = {
      .alpha = 0.5, .sigma = 2.0, .noise = {.seed = 7, .step = 3, .row = 1}};
  std::vector<float> z(3), x = {10.0f, 11.0f, 12.0f}, scratch;
  FillNormals(level.noise, Purpose::kMask, 1, 3, z.data());
  ImposeMask(mask, 1, level, absl::MakeSpan(x), scratch);
  EXPECT_FLOAT_EQ(x[0], 2.0f + 2.0f * z[0]);
  EXPECT_FLOAT_EQ(x[1], 2.5f + 2.0f * z[1]);
  EXPECT_EQ(x[2], 12.0f);  // Less noise than its deviation's.
  // One mask for all rows.
  const Mask one = {.value = {1.0f, 2.0f, 3.0f},
                    .deviation = {0.0f, 0.0f, 0.0f}};
  ImposeMask(one, 5, {.alpha = 1.0, .sigma = 0.0}, absl::MakeSpan(x), scratch);
  EXPECT_EQ(x, one.value);
}

TEST(ConstraintTest, TheBoxComesAfterTheMask) {
  const Constraint constraint = {
      .mask = Mask{.value = {3.0f, 0.0f}, .deviation = {0.0f, INFINITY}},
      .box = Box{.lower = -1.0f, .upper = 1.0f}};
  std::vector<float> x = {0.0f, -2.0f}, scratch;
  Impose(constraint, 0, {}, absl::MakeSpan(x), scratch);
  EXPECT_EQ(x, (std::vector<float>{1.0f, -1.0f}));
}

// A measurement of one coordinate of N(0, 1): its posterior as steps go on.
TEST(ConstraintTest, OneMeasuredCoordinateComesNearItsPosterior) {
  const SamplerTarget vp = TimeTarget("vp");
  const SamplerPlan plan = Ancestral(vp, 50, 1);
  const double c = 0.8, r = 0.5;
  Moments m = {.xx = plan.start_scale * plan.start_scale};
  const auto impose = [&](double alpha, double sigma) {
    const double mean = MaskedCoordinate(alpha, sigma, c, r, 0.0, m.x);
    const double above = MaskedCoordinate(alpha, sigma, c, r, 1.0, m.x);
    if (above == mean && mean == m.x) return;  // Left alone.
    m.x = mean;
    m.xx = (above - mean) * (above - mean);
  };
  impose(plan.start_alpha, plan.start_sigma);
  for (int64_t i = 0; i < plan.table.num_steps(); ++i) {
    const Step& step = plan.table.At(i);
    m = MomentsAfterStep(step, NoisedVariance(vp, 1.0)(step.label), m);
    impose(step.end_alpha, step.end_sigma);
  }
  ExpectGolden(m.x, .63624960148);
  ExpectGolden(m.xx, .13290450074);
}

struct Plane {
  double mean[2] = {0.0, 0.0};
  double covariance[3] = {0.0, 0.0, 0.0};  // 00, 01, 11.
};

// Data N(0, [[1, ρ], [ρ, 1]]) of which coordinate 0 is known to be 1.
Plane Inpainted(int64_t levels, int64_t resampling) {
  constexpr double kRho = 0.8;
  const SamplerTarget vp = TimeTarget("vp");
  const SamplerPlan plan = Ancestral(vp, levels, resampling);
  // The golden values begin at unit variance: σ² at the first level, 0.9999,
  // would move the last of them by 1e-8.
  Plane p = {.covariance = {1.0, 0.0, 1.0}};
  const auto impose = [&p](double alpha, double sigma) {
    p.mean[0] = alpha;
    p.covariance[0] = sigma * sigma;
    p.covariance[1] = 0.0;
  };
  impose(plan.start_alpha, plan.start_sigma);
  for (int64_t i = 0; i < plan.table.num_steps(); ++i) {
    const Step& step = plan.table.At(i);
    const Level level = vp.process->At(step.label);
    // s = −(α²S + σ²)⁻¹x, so x ← Ax + noise with A symmetric.
    const double square = level.alpha * level.alpha;
    const double v = square + level.sigma * level.sigma, w = square * kRho;
    const double scale = step.xs / (v * v - w * w);
    const double a = step.xx - scale * v, b = scale * w;
    const Plane q = p;
    p.mean[0] = a * q.mean[0] + b * q.mean[1];
    p.mean[1] = b * q.mean[0] + a * q.mean[1];
    const double noise = step.xz * step.xz, *c = q.covariance;
    p.covariance[0] = a * a * c[0] + 2.0 * a * b * c[1] + b * b * c[2] + noise;
    p.covariance[1] = a * b * c[0] + (a * a + b * b) * c[1] + a * b * c[2];
    p.covariance[2] = b * b * c[0] + 2.0 * a * b * c[1] + a * a * c[2] + noise;
    impose(step.end_alpha, step.end_sigma);
  }
  return p;
}

TEST(ConstraintTest, ReplacementIsBiasedAndResamplingMendsIt) {
  const Plane once = Inpainted(50, 1);
  ExpectGolden(once.mean[1], .46783653364);
  ExpectGolden(once.covariance[2], .41852586358);
  EXPECT_EQ(once.mean[0], 1.0);
  EXPECT_EQ(once.covariance[0], 0.0);
  const Plane ten = Inpainted(50, 10);
  ExpectGolden(ten.mean[1], .75957402479);
  ExpectGolden(ten.covariance[2], .29041262229);
  const Plane many = Inpainted(200, 100);
  EXPECT_NEAR(many.mean[1], .7969, 5e-5);
  EXPECT_NEAR(many.covariance[2], .3319, 5e-5);
}

}  // namespace
}  // namespace scoreserve
