// The digits, a model of them, and the bars that it has to clear.

#ifndef SCORESERVE_TESTS_MODELS_QUALITY_DIGITS_TESTING_H_
#define SCORESERVE_TESTS_MODELS_QUALITY_DIGITS_TESTING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "models/networks/score_network.h"
#include "models/quality/quality_data.h"
#include "models/samplers/sampler.h"
#include "tests/support/one_thread.h"

namespace scoreserve {

struct Digits {
  ModelConfig config;
  std::unique_ptr<ScoreNetwork> network;
  SamplerTarget target;
  QualityData data;

  // Version 1 of `model` in `repository`, and the rows it was not trained on.
  explicit Digits(const std::string& repository,
                  const std::string& model = "digits") {
    ModelFiles files = *ModelRepository(repository).Read(model, 1);
    config = files.config;
    network = *LoadNetwork(files.config, files.arrays);
    target = *TargetOf(files.config, network->has_energy());
    DataOptions options = {.path = SCORESERVE_TEST_DATA "/digits.csv.gz",
                           .end_column = 64,
                           .shape = {8, 8},
                           .hold_out_every = 5,
                           .class_column = 64};
    data = *ReadQualityData(options, config.data);
  }

  SamplerPlan Plan(const std::string& sampler,
                   const OptionValues& options) const {
    return *(*FindSampler(sampler))->plan(options, target);
  }
};

// The samplers that digits-vp is held to its bars with.
inline std::vector<std::pair<std::string, OptionValues>> DigitsVpSamplers() {
  return {{"ddim", {{"num_steps", int64_t{50}}}},
          {"dpm_solver", {{"num_steps", int64_t{20}}}},
          {"ddim", {{"num_steps", int64_t{200}}, {"eta", 1.0}}}};
}

// Of networks labelled by noise level.
inline OptionValues HeunOptions() {
  return {{"num_steps", int64_t{18}}, {"ratio_min", 0.02}, {"ratio_max", 10.0}};
}

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

// Samples of each class: of all, and of the class that does worst.
inline void ExpectKeepsToClasses(const ClassAgreement& agreement) {
  EXPECT_GE(agreement.all, agreement.guidance > 1.0 ? 0.98 : 0.95)
      << "at guidance " << agreement.guidance;
  EXPECT_GE(agreement.worst, 0.85) << "at guidance " << agreement.guidance;
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_MODELS_QUALITY_DIGITS_TESTING_H_
