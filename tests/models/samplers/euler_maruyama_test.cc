#include "models/samplers/euler_maruyama.h"

#include <cmath>
#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "models/samplers/diffusion_steps.h"
#include "tests/models/samplers/diffusion_testing.h"

namespace scoreserve {
namespace {

OptionValues Uniform(int64_t steps, double end, double lambda) {
  return {{"num_steps", steps},
          {"grid", std::string("uniform")},
          {"end_time", end},
          {"lambda", lambda}};
}

OptionValues Log(int64_t steps, double lambda) {
  return {{"num_steps", steps},
          {"grid", std::string("log")},
          {"ratio_min", 0.01},
          {"ratio_max", 50.0},
          {"lambda", lambda}};
}

TEST(EulerMaruyamaTest, StepsAreThePublishedOnes) {
  const auto third = [](const char* name) {
    const OptionValues values =
        std::string(name) == "rve" ? Log(10, 0.0) : Uniform(10, 0.0, 0.0);
    return PlanOf(EulerMaruyamaSampler(), values, TimeTarget(name)).table.At(3);
  };
  ExpectGolden(third("vp").xx, 1.7015);
  ExpectGolden(third("vp").xs, 1.403);
  ExpectGolden(third("vp").xz, 1.1844830096);
  ExpectGolden(third("subvp").xx, 1.7015);
  ExpectGolden(third("subvp").xs, 1.4029289685);
  ExpectGolden(third("subvp").xz, 1.184453025);
  EXPECT_EQ(third("ve").xx, 1.0);
  ExpectGolden(third("ve").xs, 25.697122805);
  ExpectGolden(third("ve").xz, 5.0692329602);
  ExpectGolden(third("rve").xs, 19.273046126);
  ExpectGolden(third("rve").xz, 4.3901077578);
}

TEST(EulerMaruyamaTest, VarianceAtTheEndIsThePublishedOne) {
  const struct {
    const char* name;
    double start, golden[3];  // Of λ = 0, ½, 1.
  } rows[] = {
      {"vp", 1.0, {.25390419186, .25156058991, .24791133638}},
      {"subvp", 1.0, {.25402428666, .25116303301, .24642713041}},
      {"ve", 2500.0, {.25069937385, .2410602435, .15818386297}},
      {"rve", 2500.0, {.25516207796, .2527075928, .36415872885}},
  };
  for (const auto& row : rows) {
    const SamplerTarget target = TimeTarget(row.name);
    for (int i = 0; i < 3; ++i) {
      const double lambda = 0.5 * i;
      const OptionValues values = std::string(row.name) == "rve"
                                      ? Log(100, lambda)
                                      : Uniform(100, 1e-3, lambda);
      const SamplerPlan plan = PlanOf(EulerMaruyamaSampler(), values, target);
      ExpectGolden(EndVariance(plan, target, 0.25, row.start), row.golden[i],
                   row.name);
    }
  }
}

// Work 6's own figures: uniform from 1 to 0, from N(0, 1).
TEST(EulerMaruyamaTest, ReproducesTheVariancesOfTheLambdaFamily) {
  const SamplerTarget vp = TimeTarget("vp");
  const auto end = [&](double v, int64_t steps, double lambda) {
    return EndVariance(
        PlanOf(EulerMaruyamaSampler(), Uniform(steps, 0.0, lambda), vp), vp, v,
        1.0);
  };
  EXPECT_NEAR(end(1.0, 100, 0.0), 1.014157, 5e-7);
  EXPECT_NEAR(end(1.0, 100, 1.0), 1.0, 5e-7);
  EXPECT_NEAR(end(1.0, 1000, 0.0), 1.001400, 5e-7);
  EXPECT_NEAR(end(1.0, 1000, 1.0), 1.0, 5e-7);
  EXPECT_NEAR(end(0.25, 100, 0.0), .253747, 5e-7);
  EXPECT_NEAR(end(0.25, 100, 1.0), .247754, 5e-7);
  EXPECT_NEAR(end(0.25, 1000, 0.0), .250353, 5e-7);
  EXPECT_NEAR(end(0.25, 1000, 1.0), .249774, 5e-7);
}

TEST(EulerMaruyamaTest, TheLastStepCanLeaveItsNoiseAway) {
  const SamplerTarget vp = TimeTarget("vp");
  OptionValues values = Uniform(100, 1e-3, 0.0);
  values["end"] = std::string("mean");
  ExpectGolden(
      EndVariance(PlanOf(EulerMaruyamaSampler(), values, vp), vp, 0.25, 1.0),
      .25072036887);
}

TEST(EulerMaruyamaTest, UniformTimesDoNotSuitTheReciprocalProcess) {
  const SamplerTarget rve = TimeTarget("rve");
  const double uniform =
      EndVariance(PlanOf(EulerMaruyamaSampler(), Uniform(1000, 1e-5, 0.0), rve),
                  rve, 0.25, 2500.0);
  EXPECT_NEAR(uniform, 1780.0, 1.0);
  const double log = EndVariance(
      PlanOf(EulerMaruyamaSampler(), Log(1000, 0.0), rve), rve, 0.25, 2500.0);
  EXPECT_NEAR(log, .2506, 1e-4);
}

TEST(EulerMaruyamaTest, TheProbabilityFlowDrawsNoNoise) {
  const SamplerPlan plan =
      PlanOf(EulerMaruyamaSampler(), {{"lambda", 1.0}}, TimeTarget("vp"));
  for (int64_t i = 0; i < plan.table.num_steps(); ++i) {
    EXPECT_EQ(plan.table.At(i).xz, 0.0);
  }
}

TEST(EulerMaruyamaTest, ResamplingStaysAtEachLevelBeforeItLeaves) {
  const SamplerTarget vp = TimeTarget("vp");
  const SamplerPlan plan =
      PlanOf(EulerMaruyamaSampler(),
             {{"num_steps", int64_t{5}}, {"resampling", int64_t{2}}}, vp);
  ASSERT_EQ(plan.table.num_steps(), 10);
  const Step& stay = plan.table.At(0);
  EXPECT_EQ(stay.end_sigma, vp.process->Sigma(stay.label));
  EXPECT_EQ(plan.table.At(1).label, stay.label);
  EXPECT_LT(plan.table.At(1).end_sigma, stay.end_sigma);
}

TEST(EulerMaruyamaTest, RefusesWhatNoSingleRangeSays) {
  ExpectGridRefusals(EulerMaruyamaSampler());
  EXPECT_EQ(EulerMaruyamaSampler()
                .plan({{"end", std::string("to_zero")}}, TimeTarget("vp"))
                .status()
                .message(),
            "end must be one of none, mean, denoise; was 'to_zero'");
  EXPECT_EQ(EulerMaruyamaSampler()
                .plan({{"lambda", 1.5}}, TimeTarget("vp"))
                .status()
                .message(),
            "lambda must be between 0 and 1; was 1.5");
}

}  // namespace
}  // namespace scoreserve
