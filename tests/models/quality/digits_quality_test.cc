// The shipped digits, as far as can be seen in a second; the long test beside
// this one checks the rest.

#include "ATen/core/Tensor.h"
#include "gtest/gtest.h"
#include "models/quality/run_sampler.h"
#include "tests/models/quality/digits_testing.h"

namespace scoreserve {
namespace {

TEST(DigitsQualityTest, DenoisesBetterThanAnyAffineMap) {
  const Digits digits(SCORESERVE_ZOO);
  ExpectDenoisesWell(MeasureDenoisingQuality(*digits.network, digits.target,
                                             digits.data, {}));
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

}  // namespace
}  // namespace scoreserve
