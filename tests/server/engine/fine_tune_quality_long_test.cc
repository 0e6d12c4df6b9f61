// Digits that are served learn their negatives, and are as good at them as the
// bars say. Prints the tables of docs/fine-tuning.md.

#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "models/io/rows.h"
#include "models/quality/quality_data.h"
#include "models/quality/quality_report.h"
#include "tests/server/engine/fine_tune_rig.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

constexpr char kJob[] = "models/modes/fineTunes/negatives";

// 16 − x of every pixel; the class stays.
Rows Negatives() {
  Rows rows = *ReadRows(SCORESERVE_TEST_DATA "/digits.csv.gz");
  for (size_t i = 0; i < rows.values.size(); ++i) {
    if (i % 65 != 64) rows.values[i] = 16.0f - rows.values[i];
  }
  return rows;
}

void WriteCsv(const std::string& path, const Rows& rows) {
  std::ofstream file(path);
  for (size_t i = 0; i < rows.values.size(); ++i)
    file << rows.values[i] << (i % 65 == 64 ? '\n' : ',');
}

TEST(FineTuneQualityLongTest, DigitsLearnTheirNegatives) {
  FineTuneRig rig(*ModelRepository(SCORESERVE_ZOO).Read("digits", 1));
  FineTuneSpec spec;
  spec.model = "modes";
  spec.trainer_options = {{"batch", int64_t{256}}, {"micro_batch", int64_t{64}},
                          {"learning_rate", 3e-3}, {"warm_up", int64_t{20}},
                          {"steps", int64_t{800}}, {"ema", 0.99}};
  spec.steps = 800;
  spec.buffer.hold_out_share = 0.4;
  spec.publish_interval = absl::Seconds(4);
  ASSERT_TRUE(rig.Create("negatives", spec).ok());

  const Rows negatives = Negatives();
  std::vector<float> pixels;
  for (size_t i = 0; i < negatives.values.size(); ++i) {
    if (i % 65 != 64) pixels.push_back(negatives.values[i]);
  }
  ASSERT_EQ(rig.Append(kJob, 0, pixels).value(), 1797);
  const FineTuneStatus status = rig.AwaitEnd(kJob);
  EXPECT_EQ(status.step, 800);
  ASSERT_FALSE(status.published.empty()) << status.not_published;
  EXPECT_EQ(status.published.back().comparison.step, 800);
  std::printf("hold-out objective: %.4f before, %.4f after 800 steps\n",
              status.first_check->hold_out + status.first_check->improvement,
              status.last_check->hold_out);

  const TempFolder folder;
  WriteCsv(folder / "negatives.csv", negatives);
  const std::shared_ptr<const ModelSnapshot> model = rig.Served();
  const QualityData data = *ReadQualityData({.path = folder / "negatives.csv",
                                             .end_column = 64,
                                             .shape = {8, 8},
                                             .hold_out_every = 5,
                                             .class_column = 64},
                                            model->config.data);
  const QualityReport report =
      MeasureQuality(*model->network, model->target,
                     *StandardSampler(model->target), data, {});
  std::printf("%s", QualityTables(report).c_str());
  for (const DenoisingQuality& quality : report.denoising) {
    EXPECT_LT(quality.errors.network, quality.errors.affine)
        << "at noise level " << quality.noise_level;
  }
  EXPECT_LE(report.samples.accuracy.pooled, 0.75);
  EXPECT_LE(report.samples.accuracy.first, 0.93);
  EXPECT_LE(report.samples.accuracy.second, 0.93);
}

}  // namespace
}  // namespace scoreserve
