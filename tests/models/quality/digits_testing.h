// The digits, a model of them, and the bars that it has to clear.

#ifndef SCORESERVE_TESTS_MODELS_QUALITY_DIGITS_TESTING_H_
#define SCORESERVE_TESTS_MODELS_QUALITY_DIGITS_TESTING_H_

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "models/networks/score_network.h"
#include "models/quality/quality_data.h"
#include "tests/support/one_thread.h"

namespace scoreserve {

struct Digits {
  ModelConfig config;
  std::unique_ptr<ScoreNetwork> network;
  QualityData data;

  // Version 1 of `digits` in `repository`, and the rows it was not trained on.
  explicit Digits(const std::string& repository) {
    ModelFiles files = *ModelRepository(repository).Read("digits", 1);
    config = files.config;
    network = *LoadNetwork(files.config, files.arrays);
    DataOptions options = {.path = SCORESERVE_TEST_DATA "/digits.csv.gz",
                           .end_column = 64,
                           .shape = {8, 8},
                           .hold_out_every = 5};
    data = *ReadQualityData(options, /*class_column=*/64, config.data);
  }
};

// Mean squares beside the best affine denoiser's.
inline void ExpectDenoisesWell(const std::vector<DenoisingQuality>& quality) {
  ASSERT_EQ(quality.size(), 3u);
  const double bars[] = {0.9, 0.8, 0.8};  // At noise levels 0.2, 0.5 and 1.
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_LE(quality[i].errors.network, bars[i] * quality[i].errors.affine)
        << "at noise level " << quality[i].noise_level;
  }
}

// Samples beside 300 held-out rows.
inline void ExpectSamplesWell(const SampleQuality& samples) {
  EXPECT_LE(samples.accuracy.pooled, 0.66);
  EXPECT_LE(samples.accuracy.first, 0.75);
  EXPECT_LE(samples.accuracy.second, 0.75);
  EXPECT_GE(samples.rarest_class, 0.03);
  EXPECT_GE(samples.distance_ratio, 0.6);
  EXPECT_LE(samples.distance_ratio, 1.3);
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_MODELS_QUALITY_DIGITS_TESTING_H_
