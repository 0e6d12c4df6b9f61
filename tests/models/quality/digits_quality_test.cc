// The shipped digits, as far as can be seen in a second; the long test beside
// this one checks the rest.

#include <string>

#include "ATen/core/Tensor.h"
#include "gtest/gtest.h"
#include "models/quality/run_sampler.h"
#include "tests/models/quality/digits_testing.h"

namespace scoreserve {
namespace {

TEST(DigitsQualityTest, DenoisesBetterThanAnyAffineMap) {
  const Digits digits(SCORESERVE_ZOO);
  ExpectDenoisesWell(
      MeasureDenoisingQuality(*digits.network, digits.target, digits.data, {}));
}

TEST(DigitsQualityTest, SamplesLieAsFarFromTheTrainingRowsAsNewRowsDo) {
  const Digits digits(SCORESERVE_ZOO);
  const SamplerPlan plan = *StandardSampler(digits.target);
  const Rows samples = TensorRows(RunSampler(*digits.network, plan, 64, 1));
  const SampleQuality quality =
      MeasureSamples("samples", samples, digits.data, {.subset = 64});
  EXPECT_GE(quality.distance_ratio, 0.6);
  EXPECT_LE(quality.distance_ratio, 1.3);
  // Of 64 a class may be missing, and two-sample tests are coarse: only a set
  // that has little to do with digits gets here.
  EXPECT_LE(quality.accuracy.pooled, 0.8);
}

TEST(DigitsQualityTest, DiffusionSamplersDrawDigitsToo) {
  const auto expect_digits = [](const Digits& digits,
                                const std::string& sampler,
                                const OptionValues& options) {
    const Rows samples = TensorRows(
        RunSampler(*digits.network, digits.Plan(sampler, options), 64, 1));
    const SampleQuality quality =
        MeasureSamples(sampler, samples, digits.data, {.subset = 64});
    EXPECT_GE(quality.distance_ratio, 0.6) << sampler;
    EXPECT_LE(quality.distance_ratio, 1.3) << sampler;
    EXPECT_LE(quality.accuracy.pooled, 0.8) << sampler;
  };
  const Digits vp(SCORESERVE_ZOO, "digits-vp");
  for (const auto& [sampler, options] : DigitsVpSamplers()) {
    expect_digits(vp, sampler, options);
  }
  expect_digits(Digits(SCORESERVE_ZOO), "heun", HeunOptions());
}

TEST(DigitsQualityTest, GuidedRowsAreOfTheClassThatWasAskedFor) {
  const Digits digits(SCORESERVE_ZOO, "digits-class");
  const ClassAgreement agreement = MeasureClasses(
      *digits.network, digits.Plan("heun", HeunOptions()), digits.data,
      /*guidance=*/2.0, /*per_class=*/10, /*seed=*/1);
  ExpectKeepsToClasses(agreement);
}

}  // namespace
}  // namespace scoreserve
