#include "models/samplers/annealed_langevin.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "models/io/model_config.h"
#include "models/samplers/sampler.h"
#include "models/status.h"
#include "tests/models/samplers/gaussian_chain.h"

namespace scoreserve {
namespace {

constexpr LabelRule kNoiseLevel = {
    .kind = LabelKind::kNoiseLevel, .min = 0.01, .max = 10.0};

absl::Status Refusal(const OptionValues& values, const LabelRule& rule) {
  return AnnealedLangevinSampler().plan(values, {.label = rule}).status();
}

std::string Refused(const OptionValues& values) {
  return std::string(Refusal(values, kNoiseLevel).message());
}

void ExpectGolden(double value, double golden) {
  EXPECT_NEAR(value, golden, 1e-9 * golden);
}

TEST(AnnealedLangevinTest, AgreesWithTheTableOfGoldenValues) {
  const StepTable table = AnnealedLangevinSteps({.denoise = true});
  ASSERT_EQ(table.num_steps(), 1001);
  ExpectGolden(table.At(100).label, 0.59948425032);
  ExpectGolden(table.At(100).xs, 0.071876273276);
  const auto after = [&](int64_t steps) {
    return VarianceAfter(table, 0.25, 1.0, true, 0, steps);
  };
  ExpectGolden(after(100), 1.3586956522);
  ExpectGolden(after(1000), 0.25790882743);
  ExpectGolden(after(1001), 0.2577026241);
}

TEST(AnnealedLangevinTest, BothEndsAreExactlyTheLevelsAskedFor) {
  const StepTable table = AnnealedLangevinSteps(
      {.levels = 7, .first_noise_level = 3.3, .last_noise_level = 0.07});
  EXPECT_EQ(table.At(0).label, 3.3);
  EXPECT_EQ(table.At(699).label, 0.07);
  EXPECT_EQ(table.At(699).xs, 2e-5);
}

TEST(AnnealedLangevinTest, LevelsAreAGeometricProgression) {
  const StepTable table = AnnealedLangevinSteps({.levels = 5, .num_steps = 1});
  for (int64_t i = 1; i < 5; ++i) {
    EXPECT_NEAR(table.At(i).label / table.At(i - 1).label, std::pow(0.01, 0.25),
                1e-12);
  }
}

TEST(AnnealedLangevinTest, LongLevelsEndAtTheVarianceOfTheNoisedData) {
  // The last level alone, run to its end, decides: v/(1 − h/2v), v = ¼ + σ².
  const AnnealedLangevinOptions options = {.levels = 2,
                                           .last_noise_level = 0.5,
                                           .step_size = 0.1,
                                           .num_steps = 1000};
  const StepTable table = AnnealedLangevinSteps(options);
  EXPECT_NEAR(VarianceAfter(table, 0.25, 1.0, true, 0, table.num_steps()),
              0.5 / (1.0 - 0.1 / (2.0 * 0.5)), 1e-12);
}

TEST(AnnealedLangevinTest, ZeroTemperatureAddsNoNoise) {
  const StepTable table = AnnealedLangevinSteps({.temperature = 0.0});
  EXPECT_EQ(table.At(0).xz, 0.0);
  EXPECT_EQ(table.At(999).xz, 0.0);
}

TEST(AnnealedLangevinTest, StartsAtTheNoiseOfTheFirstLevel) {
  const auto plan = AnnealedLangevinSampler().plan({{"first_noise_level", 4.0}},
                                                   {.label = kNoiseLevel});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->start_scale, 4.0);
  EXPECT_EQ(plan->table.num_steps(), 1000);
}

TEST(AnnealedLangevinTest, NeedsANetworkLabelledByNoiseLevel) {
  for (const LabelKind kind : {LabelKind::kNone, LabelKind::kTime}) {
    const absl::Status status =
        Refusal({}, {.kind = kind, .min = 0.0, .max = 1.0});
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(status), Reason::kUnsuitableModel);
  }
}

TEST(AnnealedLangevinTest, LevelsMustLieInTheLabelsRange) {
  EXPECT_EQ(FieldOf(Refusal({{"first_noise_level", 11.0}}, kNoiseLevel)),
            "first_noise_level");
  EXPECT_EQ(FieldOf(Refusal({{"last_noise_level", 0.009}}, kNoiseLevel)),
            "last_noise_level");
}

TEST(AnnealedLangevinTest, RefusesOptionsOutOfRangeByNameRuleAndValue) {
  EXPECT_EQ(Refused({{"last_noise_level", 2.0}}),
            "last_noise_level must be at most first_noise_level, 1; was 2");
  EXPECT_EQ(Refused({{"step_size", 0.0}}),
            "step_size must be more than 0; was 0");
  EXPECT_EQ(Refused({{"levels", int64_t{1}}}),
            "levels must be between 2 and 10000; was 1");
  EXPECT_EQ(Refused({{"levels", int64_t{10'001}}}),
            "levels must be between 2 and 10000; was 10001");
  EXPECT_EQ(Refused({{"temperature", -1.0}}),
            "temperature must be at least 0; was -1");
}

TEST(AnnealedLangevinTest, AllStepsTogetherFitOneWordOfACounter) {
  EXPECT_EQ(Refused({{"num_steps", int64_t{429'496'729}}}), "");
  EXPECT_EQ(Refused({{"num_steps", int64_t{429'496'730}}}),
            "num_steps must be at most 429496729 with 10 levels; was "
            "429496730");
  EXPECT_EQ(Refused({{"num_steps", int64_t{1'000'000'000}},
                     {"levels", int64_t{10'000}},
                     {"denoise", true}}),
            "num_steps must be at most 429496 with 10000 levels; was "
            "1000000000");
}

}  // namespace
}  // namespace scoreserve
