#include "models/samplers/langevin.h"

#include <cmath>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "models/io/model_config.h"
#include "models/samplers/sampler.h"
#include "models/status.h"
#include "tests/models/samplers/gaussian_chain.h"

namespace scoreserve {
namespace {

constexpr LabelRule kNoLabel = {};
constexpr LabelRule kNoiseLevel = {
    .kind = LabelKind::kNoiseLevel, .min = 0.01, .max = 10.0};

double FinalVariance(const StepTable& table, double variance,
                     double start = 0.0) {
  return VarianceAfter(table, variance, start, false, 0, table.num_steps());
}

// The message of the refusal, or "" where `values` were taken.
std::string Refused(const OptionValues& values, const LabelRule& rule) {
  return std::string(
      LangevinSampler().plan(values, {.label = rule}).status().message());
}

TEST(LangevinTest, AgreesWithTheTableOfGoldenValues) {
  const StepTable table = LangevinSteps({.step_size = 0.1, .num_steps = 10});
  EXPECT_NEAR(table.At(0).xz, 0.4472135955, 1e-9 * 0.4472135955);
  EXPECT_NEAR(FinalVariance(table, 0.25, 1.0), 0.31252513609, 1e-9 * 0.3125);
  const StepTable longer = LangevinSteps({.step_size = 0.1});
  EXPECT_NEAR(FinalVariance(longer, 0.25, 1.0), 0.3125, 1e-9 * 0.3125);
}

TEST(LangevinTest, StationaryVarianceIsTheDiscretisedChainsOwn) {
  for (const double h : {0.1, 0.5}) {
    const StepTable table =
        LangevinSteps({.step_size = h, .num_steps = 10'000});
    EXPECT_NEAR(FinalVariance(table, 1.0), 1.0 / (1.0 - h / 2.0), 1e-12);
  }
}

TEST(LangevinTest, StationaryVarianceIsProportionalToTheTemperature) {
  const StepTable table = LangevinSteps(
      {.step_size = 0.1, .num_steps = 10'000, .temperature = 0.3});
  EXPECT_NEAR(FinalVariance(table, 1.0), 0.3 / 0.95, 1e-12);
}

TEST(LangevinTest, StepPastTwiceTheVarianceDiverges) {
  const StepTable table = LangevinSteps({.step_size = 2.1, .num_steps = 500});
  EXPECT_GT(FinalVariance(table, 1.0), 1e6);
}

TEST(LangevinTest, ZeroTemperatureAddsNoNoise) {
  EXPECT_EQ(FinalVariance(LangevinSteps({.temperature = 0.0}), 1.0), 0.0);
}

TEST(LangevinTest, PlanCarriesTheLabelAndTheStart) {
  const auto plan =
      LangevinSampler().plan({{"step_size", 0.1},
                              {"num_steps", int64_t{1'000'000'000}},
                              {"label", 2.0},
                              {"start_scale", 3.0}},
                             {.label = kNoiseLevel});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->table.num_steps(), 1'000'000'000);
  EXPECT_EQ(plan->table.At(999'999'999).label, 2.0);
  EXPECT_EQ(plan->start_scale, 3.0);
}

TEST(LangevinTest, RefusesOptionsOutOfRangeByNameRuleAndValue) {
  EXPECT_EQ(Refused({}, kNoLabel),
            "step_size must be given, more than 0; was absent");
  EXPECT_EQ(Refused({{"step_size", -1.0}}, kNoLabel),
            "step_size must be more than 0; was -1");
  EXPECT_EQ(Refused({{"step_size", 0.1}, {"num_steps", int64_t{0}}}, kNoLabel),
            "num_steps must be between 1 and 1000000000; was 0");
  EXPECT_NE(Refused({{"step_size", 0.1}, {"num_steps", int64_t{1'000'000'001}}},
                    kNoLabel),
            "");
  EXPECT_EQ(Refused({{"step_size", 0.1}, {"temperature", -0.5}}, kNoLabel),
            "temperature must be at least 0; was -0.5");
  EXPECT_EQ(Refused({{"step_size", 0.1}, {"start_scale", -2.0}}, kNoLabel),
            "start_scale must be at least 0; was -2");
}

TEST(LangevinTest, TakesALabelOnlyWhereTheNetworkDoesAndInItsRange) {
  EXPECT_EQ(Refused({{"step_size", 0.1}}, kNoLabel), "");
  EXPECT_EQ(Refused({{"step_size", 0.1}, {"label", 0.0}}, kNoLabel),
            "label must be absent: this network takes none");
  EXPECT_EQ(Refused({{"step_size", 0.1}, {"label", 0.01}}, kNoiseLevel), "");
  for (const OptionValues& values :
       {OptionValues{{"step_size", 0.1}},
        OptionValues{{"step_size", 0.1}, {"label", 10.5}}}) {
    const absl::Status status =
        LangevinSampler().plan(values, {.label = kNoiseLevel}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(FieldOf(status), "label");
  }
}

}  // namespace
}  // namespace scoreserve
