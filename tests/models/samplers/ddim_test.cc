#include "models/samplers/ddim.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "models/samplers/diffusion_steps.h"
#include "tests/models/samplers/diffusion_testing.h"

namespace scoreserve {
namespace {

// 101 steps, the last to clean data, and the golden values' start.
OptionValues Hundred(double eta, const char* variance = "small") {
  return {{"num_steps", int64_t{101}},
          {"grid", std::string("uniform")},
          {"eta", eta},
          {"end_time", 1e-3},
          {"variance", std::string(variance)}};
}

TEST(DdimTest, StepsAreThePublishedOnes) {
  const auto vp = TimeTarget("vp").process;
  const auto step = [](const NoiseProcess& process, double eta, bool large) {
    return FirstOrderStep(process.At(0.5), process.At(0.4), eta, large);
  };
  ExpectGolden(step(*vp, 0.0, false).xx, 1.5726309796);
  ExpectGolden(step(*vp, 0.0, false).xs, .58756165401);
  EXPECT_EQ(step(*vp, 0.0, false).xz, 0.0);
  ExpectGolden(step(*vp, 0.5, false).xs, .66021818913);
  ExpectGolden(step(*vp, 0.5, false).xz, .36066775308);
  ExpectGolden(step(*vp, 1.0, false).xs, .93675389659);
  ExpectGolden(step(*vp, 1.0, false).xz, .72133550616);
  ExpectGolden(step(*vp, 1.0, true).xs, .93675389659);
  ExpectGolden(step(*vp, 1.0, true).xz, .77179034412);
  const auto ve = TimeTarget("ve").process;
  EXPECT_EQ(step(*ve, 0.0, false).xx, 1.0);
  ExpectGolden(step(*ve, 0.0, false).xs, .28665964968);
  ExpectGolden(step(*ve, 0.5, false).xs, .3097183336);
  ExpectGolden(step(*ve, 0.5, false).xz, .13643307889);
  ExpectGolden(step(*ve, 1.0, false).xs, .40897178985);
  ExpectGolden(step(*ve, 1.0, false).xz, .27286615779);
  ExpectGolden(step(*ve, 1.0, true).xz, .63950902249);
}

TEST(DdimTest, VarianceAtTheEndIsThePublishedOne) {
  const auto end = [](const char* process, double start, double eta,
                      const char* variance = "small") {
    const SamplerTarget target = TimeTarget(process);
    const SamplerPlan plan =
        PlanOf(DdimSampler(), Hundred(eta, variance), target);
    EXPECT_EQ(plan.table.num_steps(), 101);
    return EndVariance(plan, target, 0.25, start);
  };
  ExpectGolden(end("vp", 1.0, 0.0), .23617401376);
  ExpectGolden(end("vp", 1.0, 0.5), .23257826912);
  ExpectGolden(end("vp", 1.0, 1.0), .21927702589);
  ExpectGolden(end("vp", 1.0, 1.0, "large"), .25853211631);
  ExpectGolden(end("ve", 2500.0, 0.0), .23947099358);
  ExpectGolden(end("ve", 2500.0, 0.5), .23714911545);
  ExpectGolden(end("ve", 2500.0, 1.0), .22979952955);
  ExpectGolden(end("ve", 2500.0, 1.0, "large"), .27242512827);
}

// The thousand discrete levels of Ho, Jain and Abbeel, from N(0, 1).
TEST(DdimTest, OnDiscreteLevelsItIsDdpm) {
  std::vector<Level> levels = {Level{}};
  double log_square = 0.0;
  for (int i = 0; i < 1000; ++i) {
    log_square += std::log1p(-(0.1 + 19.9 * i / 999.0) / 1000.0);
    levels.push_back({.alpha = std::exp(0.5 * log_square),
                      .sigma = std::sqrt(-std::expm1(log_square))});
  }
  ExpectGolden(levels.back().alpha, .0063528180876);
  const auto end = [&](bool large) {
    Moments moments = {.xx = 1.0};
    for (int i = 1000; i > 0; --i) {
      const double a = levels[i].alpha, s = levels[i].sigma;
      moments =
          MomentsAfterStep(FirstOrderStep(levels[i], levels[i - 1], 1.0, large),
                           0.25 * a * a + s * s, moments);
    }
    return moments.xx;
  };
  ExpectGolden(end(false), .24612521136);
  ExpectGolden(end(true), .25075207501);
}

TEST(DdimTest, TheStepToCleanDataIsTweediesFormula) {
  for (const char* name : {"vp", "subvp", "ve", "rve"}) {
    const Level level = TimeTarget(name).process->At(1e-3);
    for (const double eta : {0.0, 1.0}) {
      const Step step = FirstOrderStep(level, Level{}, eta, eta == 1.0);
      const Step denoise = DenoiseStep(level);
      EXPECT_DOUBLE_EQ(step.xx, denoise.xx);
      EXPECT_NEAR(step.xs, denoise.xs, 1e-14 * denoise.xs);
      EXPECT_EQ(step.xz, 0.0);
      EXPECT_EQ(step.end_sigma, 0.0);
    }
  }
  const Step vp = DenoiseStep(TimeTarget("vp").process->At(1e-3));
  ExpectGolden(vp.xx, 1.0000549765);
  ExpectGolden(vp.xs, .00010995000006);
  ExpectGolden(DenoiseStep(TimeTarget("subvp").process->At(1e-3)).xs,
               1.2088337938e-08);
  ExpectGolden(DenoiseStep(TimeTarget("ve").process->At(1e-3)).xs,
               .00010171802989);
}

TEST(DdimTest, InSigmaOverAlphaAllProcessesTakeTheSamePath) {
  // x/α of the same row on the same u.
  const OptionValues values = {{"num_steps", int64_t{12}},
                               {"grid", std::string("karras")},
                               {"ratio_min", 0.02},
                               {"ratio_max", 40.0}};
  const auto end = [&](const char* name) {
    const SamplerTarget target = TimeTarget(name);
    const SamplerPlan plan = PlanOf(DdimSampler(), values, target);
    return EndOf(plan.table, TwoHillsScore(target), 0.9 * plan.start_scale);
  };
  EXPECT_NEAR(end("vp"), end("ve"), 1e-9);
  EXPECT_NEAR(end("subvp"), end("ve"), 1e-9);
  EXPECT_NEAR(end("rve"), end("ve"), 1e-9);
}

TEST(DdimTest, GoesFromLevelToLevelWithTheLabelItStandsAt) {
  const SamplerTarget vp = TimeTarget("vp");
  const SamplerPlan plan = PlanOf(DdimSampler(), {}, vp);
  ASSERT_EQ(plan.table.num_steps(), 50);
  EXPECT_EQ(plan.start_scale, vp.process->Sigma(1.0));
  EXPECT_EQ(plan.start_alpha, vp.process->Alpha(1.0));
  EXPECT_EQ(plan.given.keep, 1.0);
  EXPECT_EQ(plan.given.noise, 0.0);
  EXPECT_FALSE(plan.table.has_companion());
  for (int64_t i = 0; i < 50; ++i) {
    const Step& step = plan.table.At(i);
    EXPECT_TRUE(step.completes);
    if (i == 49) continue;
    const double time = plan.table.At(i + 1).label;
    EXPECT_DOUBLE_EQ(step.end_alpha, vp.process->Alpha(time));
    EXPECT_DOUBLE_EQ(step.end_sigma, vp.process->Sigma(time));
  }
  EXPECT_EQ(plan.table.At(49).end_alpha, 1.0);
  EXPECT_EQ(plan.table.At(49).end_sigma, 0.0);
}

// SDEdit: rows that are given are noised to the first level.
TEST(DdimTest, StartsFromGivenRowsHalfWay) {
  OptionValues values = Hundred(1.0);
  values["num_steps"] = int64_t{21};
  values["start_time"] = 0.4;
  const SamplerTarget vp = TimeTarget("vp");
  const SamplerPlan plan = PlanOf(DdimSampler(), values, vp);
  ASSERT_TRUE(plan.noised.has_value());
  const double mean = plan.noised->keep * 1.2, deviation = plan.noised->noise;
  ExpectGolden(mean, .53063629114);
  ExpectGolden(deviation, .89691799705);
  const Moments end = MomentsAfter(plan.table, NoisedVariance(vp, 0.25),
                                   {.x = mean, .xx = deviation * deviation}, 0,
                                   plan.table.num_steps());
  ExpectGolden(end.x, .068742811352);
  ExpectGolden(end.xx, .19660535908);
}

TEST(DdimTest, EndsAsAsked) {
  const SamplerTarget vp = TimeTarget("vp");
  const auto plan = [&](const char* end) {
    return PlanOf(
        DdimSampler(),
        {{"num_steps", int64_t{10}}, {"eta", 1.0}, {"end", std::string(end)}},
        vp);
  };
  EXPECT_EQ(plan("to_zero").table.At(9).end_sigma, 0.0);
  EXPECT_EQ(plan("none").table.num_steps(), 10);
  EXPECT_GT(plan("none").table.At(9).xz, 0.0);
  EXPECT_EQ(plan("mean").table.At(9).xz, 0.0);
  EXPECT_GT(plan("mean").table.At(8).xz, 0.0);
  ASSERT_EQ(plan("denoise").table.num_steps(), 11);
  EXPECT_EQ(plan("denoise").table.At(10).label, 1e-3);
  EXPECT_EQ(plan("denoise").table.At(10).xs,
            DenoiseStep(vp.process->At(1e-3)).xs);
}

// An ancestral step to a level followed by noise back is a step that stays.
TEST(DdimTest, StayingIsAnAncestralStepAndNoiseBack) {
  for (const char* name : {"vp", "subvp", "ve"}) {
    const auto process = TimeTarget(name).process;
    const Level from = process->At(0.5), to = process->At(0.4);
    const Step down = FirstOrderStep(from, to, 1.0);
    const double back = from.alpha / to.alpha;
    const double noise = std::pow(from.alpha, 2) *
                         (std::pow(from.ratio(), 2) - std::pow(to.ratio(), 2));
    const Step stay = StayStep(from, to);
    EXPECT_NEAR(stay.xx, back * down.xx, 1e-12);
    EXPECT_NEAR(stay.xs, back * down.xs, 1e-12 * stay.xs);
    EXPECT_NEAR(stay.xz * stay.xz, std::pow(back * down.xz, 2) + noise,
                1e-12 * stay.xz * stay.xz);
    EXPECT_EQ(stay.end_sigma, from.sigma);
  }
  const auto vp = TimeTarget("vp").process;
  const Step stay = StayStep(vp->At(0.5), vp->At(0.4));
  ExpectGolden(stay.xs, .59566033528);
  ExpectGolden(stay.xz, .89780194694);
}

TEST(DdimTest, ResamplingStaysAtEachLevelBeforeItLeaves) {
  const SamplerPlan plan = PlanOf(
      DdimSampler(), {{"num_steps", int64_t{5}}, {"resampling", int64_t{3}}},
      TimeTarget("vp"));
  ASSERT_EQ(plan.table.num_steps(), 15);
  for (int64_t i = 0; i < 15; ++i) {
    const Step& step = plan.table.At(i);
    EXPECT_EQ(step.label, plan.table.At(i - i % 3).label);
    EXPECT_EQ(step.xx == 1.0, i % 3 != 2) << i;
  }
}

// Data is at rest under every step but the discretisation's error.
TEST(DdimTest, AncestralErrorIsOfFirstOrder) {
  const SamplerTarget vp = TimeTarget("vp");
  const auto error = [&](int64_t steps) {
    const SamplerPlan plan = PlanOf(DdimSampler(),
                                    {{"num_steps", steps},
                                     {"eta", 1.0},
                                     {"grid", std::string("log")},
                                     {"ratio_min", 0.05},
                                     {"ratio_max", 20.0},
                                     {"end", std::string("none")}},
                                    vp);
    const double first = plan.table.At(0).label;
    const Level last = vp.process->AtRatio(0.05);
    const double exact =
        0.25 * last.alpha * last.alpha + last.sigma * last.sigma;
    return std::abs(
        EndVariance(plan, vp, 0.25, NoisedVariance(vp, 0.25)(first)) - exact);
  };
  EXPECT_NEAR(std::log2(error(400) / error(800)), 0.99, 0.011);
}

TEST(DdimTest, RefusesWhatNoSingleRangeSays) {
  ExpectGridRefusals(DdimSampler());
  const auto refused = [](const OptionValues& values) {
    return std::string(
        DdimSampler().plan(values, TimeTarget("vp")).status().message());
  };
  EXPECT_EQ(refused({{"eta", 1.5}}), "eta must be between 0 and 1; was 1.5");
  EXPECT_EQ(refused({{"variance", std::string("huge")}}),
            "variance must be one of small, large; was 'huge'");
  EXPECT_EQ(refused({{"variance", std::string("large")}, {"eta", 0.5}}),
            "variance must be small unless eta is 1; eta is 0.5; was 'large'");
  EXPECT_EQ(refused({{"resampling", int64_t{0}}}),
            "resampling must be between 1 and 1000; was 0");
}

}  // namespace
}  // namespace scoreserve
