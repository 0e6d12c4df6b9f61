#include "models/samplers/heun.h"

#include <cmath>
#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "models/samplers/ddim.h"
#include "tests/models/samplers/diffusion_testing.h"

namespace scoreserve {
namespace {

OptionValues Karras(double last, OptionValues more = {}) {
  more["num_steps"] = int64_t{10};
  more["grid"] = std::string("karras");
  more["ratio_min"] = last;
  return more;
}

TEST(HeunTest, StagesAreThePublishedOnes) {
  const SamplerPlan plan =
      PlanOf(HeunSampler(), Karras(0.002), TimeTarget("vp"));
  ASSERT_EQ(plan.table.num_steps(), 19);
  const Step& first = plan.table.At(2);
  ExpectGolden(first.label, .86293152433);
  ExpectGolden(first.xx, 2.0076789899);
  ExpectGolden(first.xs, 1.0079613974);
  ExpectGolden(first.ys, -.99972219108);
  EXPECT_FALSE(first.completes);
  const Step& second = plan.table.At(3);
  EXPECT_EQ(second.xx, 1.0);
  ExpectGolden(second.xy, .50412074795);
  ExpectGolden(second.xs, .50355600308);
  EXPECT_TRUE(second.completes);
  EXPECT_EQ(second.label, plan.table.At(4).label);
}

TEST(HeunTest, EndsArePublishedOnes) {
  const SamplerTarget vp = TimeTarget("vp"), ve = TimeTarget("ve");
  const auto end = [](const Sampler& sampler, double last,
                      const SamplerTarget& target, double x) {
    return EndOf(PlanOf(sampler, Karras(last), target).table,
                 TwoHillsScore(target), x);
  };
  ExpectGolden(end(DdimSampler(), 0.002, vp, .89992969574), 1.4349753389);
  ExpectGolden(end(HeunSampler(), 0.002, vp, .89992969574), 1.861870325);
  ExpectGolden(end(DdimSampler(), 0.02, ve, 45.0), 1.4879781377);
  ExpectGolden(end(HeunSampler(), 0.02, ve, 45.0), 1.7851866269);
  const auto variance = [](const Sampler& sampler, double last,
                           const SamplerTarget& target) {
    return EndVariance(PlanOf(sampler, Karras(last), target), target, 0.25);
  };
  ExpectGolden(variance(DdimSampler(), 0.002, vp), .13338058289);
  ExpectGolden(variance(HeunSampler(), 0.002, vp), .37185360178);
  ExpectGolden(variance(DdimSampler(), 0.02, ve), .15009078351);
  ExpectGolden(variance(HeunSampler(), 0.02, ve), .32254360286);
}

TEST(HeunTest, ChurnInPartOfTheLevelsIsThePublishedOne) {
  const SamplerTarget vp = TimeTarget("vp");
  const SamplerPlan plan = PlanOf(HeunSampler(),
                                  Karras(0.002, {{"s_churn", 40.0},
                                                 {"s_tmin", 0.05},
                                                 {"s_tmax", 50.0},
                                                 {"s_noise", 1.003}}),
                                  vp);
  EXPECT_EQ(plan.given.keep, 1.0);
  EXPECT_EQ(plan.given.noise, 0.0);
  EXPECT_EQ(plan.table.At(0).xz, 0.0);
  const Step& step = plan.table.At(1);
  ExpectGolden(step.xx, .70720500829);
  ExpectGolden(step.xy, .31324606314);
  ExpectGolden(step.xs, .31315904059);
  ExpectGolden(step.xz, .70912956606);
  ExpectGolden(plan.table.At(2).label, .90215945258);
  ExpectGolden(step.end_sigma, vp.process->Sigma(plan.table.At(2).label));
  ExpectGolden(EndVariance(plan, vp, 0.25), .47724676984);
}

TEST(HeunTest, ChurnBeforeTheFirstStepActsOnTheStart) {
  const OptionValues churn = {{"s_churn", 2.0}};
  const SamplerTarget vp = TimeTarget("vp"), ve = TimeTarget("ve");
  const SamplerPlan plan = PlanOf(HeunSampler(), Karras(0.002, churn), vp);
  ExpectGolden(plan.given.keep, .83335322388);
  ExpectGolden(plan.given.noise, .5527408111);
  const double sigma = vp.process->AtRatio(80.0).sigma;
  EXPECT_NEAR(plan.start_scale,
              std::hypot(plan.given.keep * sigma, plan.given.noise), 1e-15);
  EXPECT_NEAR(plan.start_scale, plan.start_sigma, 1e-12);  // As s_noise is 1.
  EXPECT_NEAR(plan.noised->keep, plan.start_alpha, 1e-15);
  EXPECT_EQ(plan.noised->noise, plan.start_scale);
  ExpectGolden(EndVariance(plan, vp, 0.25), .4208673514);

  const SamplerPlan top = PlanOf(HeunSampler(), Karras(0.02, churn), ve);
  EXPECT_EQ(top.given.keep, 1.0);  // There is no level above the first.
  EXPECT_EQ(top.given.noise, 0.0);
  ExpectGolden(EndVariance(top, ve, 0.25), .35673762556);
}

TEST(HeunTest, ChurnKeepsEulerStepsAtTheRaisedLevels) {
  // Each step of ddim with churn starts where the one before it ends.
  const SamplerTarget vp = TimeTarget("vp");
  const SamplerPlan plan = PlanOf(
      DdimSampler(), Karras(0.002, {{"s_churn", 40.0}, {"s_tmin", 0.05}}), vp);
  ASSERT_EQ(plan.table.num_steps(), 10);
  for (int64_t i = 0; i < 9; ++i) {
    const double time = plan.table.At(i + 1).label;
    EXPECT_NEAR(plan.table.At(i).end_sigma, vp.process->Sigma(time), 1e-12);
  }
  EXPECT_GT(plan.table.At(0).xz, 0.0);
  EXPECT_EQ(plan.table.At(8).xz, 0.0);  // Under s_tmin.
}

TEST(HeunTest, TheFirstStageIsTheFirstOrderStep) {
  const SamplerTarget vp = TimeTarget("vp");
  const SamplerPlan heun = PlanOf(HeunSampler(), Karras(0.002), vp);
  const SamplerPlan ddim = PlanOf(DdimSampler(), Karras(0.002), vp);
  for (int64_t i = 0; i < 10; ++i) {
    EXPECT_DOUBLE_EQ(heun.table.At(2 * i).xx, ddim.table.At(i).xx);
    EXPECT_NEAR(heun.table.At(2 * i).xs / ddim.table.At(i).xs, 1.0, 1e-12);
  }
}

TEST(HeunTest, RefusesWhatNoSingleRangeSays) {
  ExpectGridRefusals(HeunSampler());
  for (const char* name : {"s_churn", "s_tmin", "s_tmax", "s_noise"}) {
    EXPECT_EQ(
        FieldOf(HeunSampler().plan({{name, -1.0}}, TimeTarget("vp")).status()),
        name);
  }
}

}  // namespace
}  // namespace scoreserve
