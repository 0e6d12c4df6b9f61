#include "models/samplers/dpm_solver.h"

#include <cmath>
#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "models/samplers/ddim.h"
#include "tests/models/samplers/diffusion_testing.h"

namespace scoreserve {
namespace {

OptionValues Log(OptionValues more = {}, int64_t steps = 10) {
  more["num_steps"] = steps;
  more["grid"] = std::string("log");
  return more;
}

TEST(DpmSolverTest, StepsAreThePublishedOnes) {
  const SamplerTarget vp = TimeTarget("vp");
  const Step ode = PlanOf(DpmSolverSampler(), Log(), vp).table.At(2);
  ExpectGolden(ode.xx, 4.0519124031);
  ExpectGolden(ode.xy, -.13599119093);
  ExpectGolden(ode.xs, 3.0711981995);
  EXPECT_EQ(ode.xz, 0.0);
  ExpectGolden(ode.yx, 7.6585079083);
  EXPECT_EQ(ode.yy, 0.0);
  ExpectGolden(ode.ys, 7.5279341709);
  const Step sde =
      PlanOf(DpmSolverSampler(), Log({{"sde", true}}), vp).table.At(2);
  ExpectGolden(sde.xx, 4.3727719333);
  ExpectGolden(sde.xy, -.17788701895);
  ExpectGolden(sde.xs, 4.0173653055);
  ExpectGolden(sde.xz, .87477986943);
}

TEST(DpmSolverTest, EndsAreThePublishedOnes) {
  const SamplerTarget vp = TimeTarget("vp");
  const auto end = [&](const OptionValues& values) {
    return EndOf(PlanOf(DpmSolverSampler(), values, vp).table,
                 TwoHillsScore(vp), .89992969574);
  };
  ExpectGolden(end(Log({{"order", int64_t{1}}})), 1.4135148223);
  ExpectGolden(end(Log()), 1.8231931879);
  const auto at_last_level = [&](const char* lower) {
    return end(Log({{"end", std::string("none")},
                    {"lower_order_final", std::string(lower)}},
                   9));
  };
  ExpectGolden(at_last_level("on"), 1.8200011079);
  ExpectGolden(at_last_level("off"), 1.8231947126);
  EXPECT_EQ(at_last_level("auto"), at_last_level("on"));  // Under 15 steps.
  const auto variance = [&](const OptionValues& values) {
    return EndVariance(PlanOf(DpmSolverSampler(), values, vp), vp, 0.25);
  };
  ExpectGolden(variance(Log()), .27061457813);
  ExpectGolden(variance(Log({{"order", int64_t{1}}, {"sde", true}})),
               .09581530762);
  ExpectGolden(variance(Log({{"sde", true}})), .26643116804);
}

TEST(DpmSolverTest, FirstOrderIsDdimAndAncestralSampling) {
  for (const char* name : {"vp", "subvp", "ve"}) {
    const SamplerTarget target = TimeTarget(name);
    for (const bool sde : {false, true}) {
      const SamplerPlan solver =
          PlanOf(DpmSolverSampler(), Log({{"order", int64_t{1}}, {"sde", sde}}),
                 target);
      const SamplerPlan first =
          PlanOf(DdimSampler(), Log({{"eta", sde ? 1.0 : 0.0}}), target);
      EXPECT_FALSE(solver.table.has_companion());
      for (int64_t i = 0; i < 10; ++i) {
        const Step& a = solver.table.At(i);
        const Step& b = first.table.At(i);
        // Both forms of xx and xs hold for a score of any size: compare them
        // through the denoised estimate, x ← (xx − xs/σ²)·x + (xs α/σ²)·D.
        const Level from = target.process->At(a.label);
        const double square = from.sigma * from.sigma;
        EXPECT_NEAR(a.xx - a.xs / square, b.xx - b.xs / square,
                    1e-9 * (std::abs(a.xx) + a.xs / square));
        EXPECT_NEAR(a.xs, b.xs, 1e-9 * a.xs) << name << i;
        EXPECT_NEAR(a.xz, b.xz, 1e-9 * b.xz + 1e-15) << name << i;
      }
    }
  }
}

TEST(DpmSolverTest, StochasticErrorIsOfSecondOrder) {
  const SamplerTarget vp = TimeTarget("vp");
  const auto error = [&](int64_t steps) {
    const SamplerPlan plan =
        PlanOf(DpmSolverSampler(),
               Log({{"sde", true},
                    {"ratio_min", 0.05},
                    {"ratio_max", 20.0},
                    {"lower_order_final", std::string("off")},
                    {"end", std::string("none")}},
                   steps),
               vp);
    const Level last = vp.process->AtRatio(0.05);
    const double start = NoisedVariance(vp, 0.25)(plan.table.At(0).label);
    return std::abs(EndVariance(plan, vp, 0.25, start) -
                    (0.25 * last.alpha * last.alpha + last.sigma * last.sigma));
  };
  EXPECT_NEAR(std::log2(error(400) / error(800)), 2.0, 0.03);
}

TEST(DpmSolverTest, RefusesWhatNoSingleRangeSays) {
  ExpectGridRefusals(DpmSolverSampler());
  const auto field = [](const OptionValues& values) {
    return FieldOf(DpmSolverSampler().plan(values, TimeTarget("vp")).status());
  };
  EXPECT_EQ(field({{"order", int64_t{3}}}), "order");
  EXPECT_EQ(field({{"lower_order_final", std::string("maybe")}}),
            "lower_order_final");
}

}  // namespace
}  // namespace scoreserve
