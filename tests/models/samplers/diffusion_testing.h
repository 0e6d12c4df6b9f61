// What the tests of samplers of diffusions share.

#ifndef SCORESERVE_TESTS_MODELS_SAMPLERS_DIFFUSION_TESTING_H_
#define SCORESERVE_TESTS_MODELS_SAMPLERS_DIFFUSION_TESTING_H_

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "models/io/model_config.h"
#include "models/processes/noise_process.h"
#include "models/samplers/sampler.h"
#include "models/status.h"
#include "tests/models/samplers/gaussian_chain.h"

namespace scoreserve {

// Relative, as golden values are given.
inline void ExpectGolden(double value, double golden,
                         const std::string& what = "") {
  EXPECT_NEAR(value, golden, 1e-9 * std::abs(golden)) << what;
}

// A network labelled by the time of a process, from 0 to 1.
inline SamplerTarget TimeTarget(const std::string& process) {
  return {.label = {.kind = LabelKind::kTime, .min = 0.0, .max = 1.0},
          .process =
              std::move(NewProcess({.name = process, .options = {}})).value()};
}

inline SamplerPlan PlanOf(const Sampler& sampler, const OptionValues& values,
                          const SamplerTarget& target) {
  auto plan = sampler.plan(values, target);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return std::move(plan).value();
}

// Data N(0, v) under the process of `target`.
inline VarianceAt NoisedVariance(const SamplerTarget& target, double v) {
  return [process = target.process, v](double time) {
    const Level level = process->At(time);
    return level.alpha * level.alpha * v + level.sigma * level.sigma;
  };
}

// The variance at the end, of data N(0, v), for rows that start at N(0, start).
inline double EndVariance(const SamplerPlan& plan, const SamplerTarget& target,
                          double v, double start) {
  return MomentsAfter(plan.table, NoisedVariance(target, v), {.xx = start}, 0,
                      plan.table.num_steps())
      .xx;
}
// From the plan's own start.
inline double EndVariance(const SamplerPlan& plan, const SamplerTarget& target,
                          double v) {
  return EndVariance(plan, target, v, plan.start_scale * plan.start_scale);
}

// The score of ½N(−1.5, ¼) + ½N(1.5, ¼) under the process of `target`.
inline ScoreAt TwoHillsScore(const SamplerTarget& target) {
  return [process = target.process](double x, double time) {
    const Level level = process->At(time);
    const double v =
        0.25 * level.alpha * level.alpha + level.sigma * level.sigma;
    const double mean = 1.5 * level.alpha;
    return (-x + mean * std::tanh(mean * x / v)) / v;
  };
}

// That a sampler refuses, by name, what every sampler of diffusions does.
inline void ExpectGridRefusals(const Sampler& sampler) {
  const SamplerTarget vp = TimeTarget("vp");
  const auto field = [&](const OptionValues& values) {
    return FieldOf(sampler.plan(values, vp).status()).value_or("");
  };
  EXPECT_EQ(field({{"num_steps", int64_t{0}}}), "num_steps");
  EXPECT_EQ(field({{"num_steps", int64_t{10'001}}}), "num_steps");
  EXPECT_EQ(field({{"grid", std::string("cosine")}}), "grid");
  EXPECT_EQ(field({{"rho", 0.5}}), "rho");
  EXPECT_EQ(field({{"ratio_min", 0.0}}), "ratio_min");
  EXPECT_EQ(field({{"grid", std::string("log")}, {"ratio_min", 100.0}}),
            "ratio_min");
  EXPECT_EQ(field({{"start_time", 0.0}}), "start_time");
  EXPECT_EQ(field({{"grid", std::string("uniform")},
                   {"start_time", 0.2},
                   {"end_time", 0.3}}),
            "end_time");
  EXPECT_EQ(field({{"grid", std::string("uniform")},
                   {"end_time", 0.0},
                   {"end", std::string("denoise")}}),
            "end_time");
  EXPECT_EQ(field({{"end", std::string("abruptly")}}), "end");
  const absl::Status unfit = sampler.plan({}, {}).status();
  EXPECT_EQ(unfit.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(unfit), Reason::kUnsuitableModel);
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_MODELS_SAMPLERS_DIFFUSION_TESTING_H_
