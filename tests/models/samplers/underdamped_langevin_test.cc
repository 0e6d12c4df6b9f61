#include "models/samplers/underdamped_langevin.h"

#include <cmath>
#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "tests/models/samplers/diffusion_testing.h"

namespace scoreserve {
namespace {

StepTable Steps(const char* integrator, double h, int64_t steps,
                double friction = 1.0, double temperature = 1.0) {
  return UnderdampedLangevinSteps({.step_size = h,
                                   .num_steps = steps,
                                   .integrator = integrator,
                                   .friction = friction,
                                   .temperature = temperature});
}

// From x = 0 and y ~ N(0, T), on data N(0, v).
Moments End(const StepTable& table, double v, double temperature = 1.0) {
  return MomentsAfter(
      table, [v](double) { return v; }, {.yy = temperature}, 0,
      table.num_steps());
}

TEST(UnderdampedLangevinTest, BaoabIsTheTableOfGoldenValues) {
  const StepTable table = Steps("baoab", 0.5, 20);
  ASSERT_EQ(table.num_steps(), 20);
  ExpectGolden(table.At(0).xs, .10040816623);
  ExpectGolden(table.At(0).ys, .15163266493);
  const Step& next = table.At(1);
  ExpectGolden(next.xy, .40163266493);
  ExpectGolden(next.xs, .20081633246);
  ExpectGolden(next.xz, .19876502441);
  ExpectGolden(next.yy, .60653065971);
  ExpectGolden(next.ys, .30326532986);
  ExpectGolden(next.yz, .79506009762);
  ExpectGolden(End(table, 1.0).xx, .99998586489);
  ExpectGolden(End(table, 1.0).xy, .24997991748);
  ExpectGolden(End(table, 1.0).yy, .99998058129);
}

TEST(UnderdampedLangevinTest, ObaboIsTheTableOfGoldenValues) {
  const StepTable table = Steps("obabo", 0.5, 20);
  const Step& first = table.At(0);
  EXPECT_EQ(first.xx, 1.0);
  ExpectGolden(first.xy, .38940039154);
  ExpectGolden(first.xs, .125);
  ExpectGolden(first.xz, .31363567251);
  ExpectGolden(first.yy, .77880078307);
  const Step& next = table.At(1);
  ExpectGolden(next.xy, .30326532986);
  ExpectGolden(next.xs, .20081633246);
  ExpectGolden(next.xz, .39753004881);
  ExpectGolden(next.yy, .60653065971);
  ExpectGolden(next.ys, .40163266493);
  ExpectGolden(next.yz, .79506009762);
  ExpectGolden(End(table, 1.0).xx, 1.0666484241);
  ExpectGolden(End(table, 1.0).xy, .26664150418);
  ExpectGolden(End(table, 1.0).yy, 1.0666319594);
}

// The fixed point of the recursion.
TEST(UnderdampedLangevinTest, StationaryLawsAreTheIntegratorsOwn) {
  for (const double v : {1.0, 0.25}) {
    for (const double h : {0.1, 0.5, 0.9}) {
      for (const double t : {1.0, 0.3}) {
        for (const double friction : {0.5, 3.0}) {
          const double bias = 1.0 - h * h / (4.0 * v);
          // y + (h/2)s, the velocity once its closing half kick is made.
          const auto velocity = [&](const Moments& m) {
            return m.yy - h / v * m.xy + 0.25 * h * h / (v * v) * m.xx;
          };
          const Moments b = End(Steps("baoab", h, 20'000, friction, t), v, t);
          EXPECT_NEAR(b.xx, t * v, 1e-11);
          EXPECT_NEAR(b.xy, 0.5 * t * h, 1e-11);
          EXPECT_NEAR(b.yy, t, 1e-11);
          EXPECT_NEAR(velocity(b), t * bias, 1e-11);
          const Moments o = End(Steps("obabo", h, 20'000, friction, t), v, t);
          EXPECT_NEAR(o.xx, t * v / bias, 1e-10);
          EXPECT_NEAR(o.yy, t / bias, 1e-10);
          EXPECT_NEAR(velocity(o), t, 1e-10);
        }
      }
    }
  }
}

// The merged table against the five parts of a step written out, on a score
// that is not linear and noise that is given.
TEST(UnderdampedLangevinTest, MergedKicksAreTheStepsWrittenOut) {
  const double h = 0.4, friction = 1.3;
  const auto score = [](double x) { return std::sin(x) - x * x * x; };
  const auto noise = [](int64_t k) { return std::cos(1.7 * k); };
  const double c = std::exp(-friction * h), q = std::sqrt(1.0 - c * c);
  const StepTable table = Steps("baoab", h, 30, friction);
  double x = 0.3, y = -0.2, merged_x = x, merged_y = y;
  for (int64_t k = 0; k < 30; ++k) {
    y += 0.5 * h * score(x);
    x += 0.5 * h * y;
    y = c * y + q * noise(k);
    x += 0.5 * h * y;
    y += 0.5 * h * score(x);

    const Step& step = table.At(k);
    const double s = score(merged_x), z = noise(k);
    const double before = merged_x;
    merged_x =
        step.xx * before + step.xy * merged_y + step.xs * s + step.xz * z;
    merged_y =
        step.yx * before + step.yy * merged_y + step.ys * s + step.yz * z;
    EXPECT_NEAR(merged_x, x, 2e-14);
    EXPECT_NEAR(merged_y + 0.5 * h * score(merged_x), y, 2e-14);
  }
}

TEST(UnderdampedLangevinTest, PlanCarriesLabelStartAndVelocities) {
  ModelConfig config;
  config.label = {.kind = LabelKind::kNoiseLevel, .min = 0.01, .max = 10.0};
  const SamplerPlan plan = PlanOf(UnderdampedLangevinSampler(),
                                  {{"step_size", 0.1},
                                   {"num_steps", int64_t{1'000'000'000}},
                                   {"temperature", 0.25},
                                   {"label", 2.0},
                                   {"start_scale", 3.0}},
                                  TargetOf(config, false).value());
  EXPECT_EQ(plan.table.num_steps(), 1'000'000'000);
  EXPECT_EQ(plan.table.At(0).label, 2.0);
  EXPECT_EQ(plan.table.At(999'999'999).label, 2.0);
  EXPECT_EQ(plan.table.At(5).end_sigma, 2.0);
  EXPECT_EQ(plan.companion_scale, 0.5);
  EXPECT_EQ(plan.start_scale, 3.0);
  EXPECT_TRUE(plan.table.has_companion());
}

TEST(UnderdampedLangevinTest, RefusesOptionsOutOfRangeByNameRuleAndValue) {
  const auto refused = [](OptionValues values) {
    values.emplace("step_size", 0.1);
    return std::string(
        UnderdampedLangevinSampler().plan(values, {}).status().message());
  };
  EXPECT_EQ(refused({}), "");
  EXPECT_EQ(refused({{"integrator", std::string("aboba")}}),
            "integrator must be one of baoab, obabo; was 'aboba'");
  EXPECT_EQ(refused({{"friction", 0.0}}),
            "friction must be more than 0; was 0");
  EXPECT_EQ(refused({{"step_size", -1.0}}),
            "step_size must be more than 0; was -1");
  EXPECT_EQ(refused({{"temperature", -1.0}}),
            "temperature must be at least 0; was -1");
  EXPECT_EQ(refused({{"label", 0.0}}),
            "label must be absent: this network takes none");
}

}  // namespace
}  // namespace scoreserve
