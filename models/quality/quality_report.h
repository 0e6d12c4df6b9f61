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
  // Of each row, 0, 1, …; or empty.
  std::vector<int> training_classes;
  std::vector<int64_t> hold_out_classes;
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

// How many of the rows drawn of a class are of it, by the five nearest training
// rows: of all, and of the class that does worst.
struct ClassAgreement {
  double guidance = 1.0;
  double all = 0.0;
  double worst = 0.0;
};

struct QualityOptions {
  std::vector<double> noise_levels = {0.2, 0.5, 1.0};
  std::vector<double> guidance = {1.0, 2.0};  // Of networks with classes.
  int64_t samples = 1000;  // Of those: as many of each class.
  int64_t subset =
      300;  // Rows of each set in a two-sample test; 20 are averaged.
  uint64_t seed = 1;
};

struct QualityReport {
  std::vector<DenoisingQuality> denoising;
  std::vector<ClassAgreement> classes;
  SampleQuality samples;
  // What bounds the table: rows of the training set itself, and draws from the
  // Gaussian with its mean and covariance.
  SampleQuality training_rows, gaussian;
};

// At those of the noise levels that the network's label reaches.
std::vector<DenoisingQuality> MeasureDenoisingQuality(
    const ScoreNetwork& network, const SamplerTarget& target,
    const QualityData& data, const QualityOptions& options);

SampleQuality MeasureSamples(std::string name, const Rows& samples,
                             const QualityData& data,
                             const QualityOptions& options);

// Of `per_class` rows of every class. Requires a network of the data's classes.
ClassAgreement MeasureClasses(const ScoreNetwork& network,
                              const SamplerPlan& sampler,
                              const QualityData& data, double guidance,
                              int64_t per_class, uint64_t seed);

// All of it; of classes, where network and data have them. Requires at least
// options.subset rows in each set.
QualityReport MeasureQuality(const ScoreNetwork& network,
                             const SamplerTarget& target,
                             const SamplerPlan& sampler,
                             const QualityData& data,
                             const QualityOptions& options);

// Tables in Markdown.
std::string QualityTables(const QualityReport& report);

// Rows as a tensor and back.
at::Tensor RowsTensor(const Rows& rows);
Rows TensorRows(const at::Tensor& tensor);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_QUALITY_QUALITY_REPORT_H_
