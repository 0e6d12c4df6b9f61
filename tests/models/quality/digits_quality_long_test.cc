// Every bar, for the digits that are shipped and for digits trained anew by the
// documented command. Prints the tables of docs/quality.md.

#include <cstdio>
#include <cstdlib>
#include <string>

#include "gtest/gtest.h"
#include "models/quality/run_sampler.h"
#include "tests/models/quality/digits_testing.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

// Samples of `digits` by that sampler against the bars.
void ExpectDraws(const Digits& digits, const std::string& sampler,
                 const OptionValues& options) {
  const Rows samples = TensorRows(
      RunSampler(*digits.network, digits.Plan(sampler, options), 1000, 1));
  ExpectSamplesWell(MeasureSamples(sampler, samples, digits.data, {}));
}

// digits-vp and digits by the samplers of diffusions, digits-class by class.
void ExpectDiffusionsClearEveryBar(const std::string& repository) {
  const Digits vp(repository, "digits-vp");
  ExpectDenoisesWell(
      MeasureDenoisingQuality(*vp.network, vp.target, vp.data, {}));
  for (const auto& [sampler, options] : DigitsVpSamplers()) {
    ExpectDraws(vp, sampler, options);
  }
  ExpectDraws(Digits(repository), "heun", HeunOptions());
  const Digits classes(repository, "digits-class");
  for (const double guidance : {1.0, 2.0}) {
    ExpectKeepsToClasses(
        MeasureClasses(*classes.network, classes.Plan("heun", HeunOptions()),
                       classes.data, guidance, /*per_class=*/100, /*seed=*/1));
  }
}

void ExpectClearsEveryBar(const std::string& repository) {
  const Digits digits(repository);
  const SamplerPlan sampler = *StandardSampler(digits.target);
  const QualityReport report =
      MeasureQuality(*digits.network, digits.target, sampler, digits.data, {});
  std::printf("%s", QualityTables(report).c_str());
  ExpectDenoisesWell(report.denoising);
  ExpectSamplesWell(report.samples);
  // That the measures can tell good from bad: copies, and a Gaussian.
  EXPECT_NEAR(report.training_rows.accuracy.pooled, 0.5, 0.04);
  EXPECT_EQ(report.training_rows.distance_ratio, 0.0);
  EXPECT_GT(report.gaussian.accuracy.pooled, 0.75);
  EXPECT_GT(report.gaussian.accuracy.second, 0.9);
}

TEST(DigitsQualityLongTest, ShippedModelClearsEveryBar) {
  ExpectClearsEveryBar(SCORESERVE_ZOO);
  ExpectDiffusionsClearEveryBar(SCORESERVE_ZOO);
}

TEST(DigitsQualityLongTest, ModelTrainedAnewClearsEveryBar) {
  const TempFolder folder;
  const std::string command =
      "cd " SCORESERVE_SOURCE " && models/zoo/make.sh '" +
      std::string(SCORESERVE_SCORETRAIN) + "' '" + folder.path() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  ExpectClearsEveryBar(folder.path());
  ExpectDiffusionsClearEveryBar(folder.path());
}

}  // namespace
}  // namespace scoreserve
