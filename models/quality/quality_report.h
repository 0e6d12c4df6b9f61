// How good a model is: held-out denoising errors beside the best affine
// denoiser's, and samples beside held-out rows. What docs/quality.md shows and
// the quality tests check.

#ifndef SCORESERVE_MODELS_QUALITY_QUALITY_REPORT_H_
#define SCORESERVE_MODELS_QUALITY_QUALITY_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"
#include "models/io/rows.h"
#include "models/networks/score_network.h"
#include "models/quality/denoising_error.h"
#include "models/quality/neighbours.h"
#include "models/samplers/sampler.h"

namespace scoreserve {

// Rows that a model is held against, in model space.
struct QualityData {
  Rows training, hold_out;
  std::vector<int>
      training_classes;  // Of each training row, 0, 1, …; or empty.
};

// A set of rows beside the held-out ones.
struct SampleQuality {
  std::string name;
  TwoSampleAccuracy accuracy;  // first: the samples' half, second: the data's.
  // The smallest fraction of rows that any class has, by the five nearest
  // training rows; 0 where there are no classes.
  double rarest_class = 0.0;
  // The median distance to the nearest training row, over that of the held-out
  // rows. 0 for copies.
  double distance_ratio = 0.0;
};

struct DenoisingQuality {
  double noise_level = 0.0;
  DenoisingErrors errors;
};

struct QualityOptions {
  std::vector<double> noise_levels = {0.2, 0.5, 1.0};
  int64_t samples = 1000;
  int64_t subset =
      300;  // Rows of each set in a two-sample test; 20 are averaged.
  uint64_t seed = 1;
};

struct QualityReport {
  std::vector<DenoisingQuality> denoising;
  SampleQuality samples;
  // What bounds the table: rows of the training set itself, and draws from the
  // Gaussian with its mean and covariance.
  SampleQuality training_rows, gaussian;
};

std::vector<DenoisingQuality> MeasureDenoisingQuality(
    const ScoreNetwork& network, const QualityData& data,
    const QualityOptions& options);

SampleQuality MeasureSamples(std::string name, const Rows& samples,
                             const QualityData& data,
                             const QualityOptions& options);

// All of it. Requires at least options.subset rows in each set, and a network
// labelled by noise level.
QualityReport MeasureQuality(const ScoreNetwork& network,
                             const SamplerPlan& sampler,
                             const QualityData& data,
                             const QualityOptions& options);

// Two tables in Markdown.
std::string QualityTables(const QualityReport& report);

// Rows as a tensor and back.
at::Tensor RowsTensor(const Rows& rows);
Rows TensorRows(const at::Tensor& tensor);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_QUALITY_QUALITY_REPORT_H_
