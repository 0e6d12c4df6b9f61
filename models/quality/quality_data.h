#ifndef SCORESERVE_MODELS_QUALITY_QUALITY_DATA_H_
#define SCORESERVE_MODELS_QUALITY_QUALITY_DATA_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "models/quality/quality_report.h"
#include "models/samplers/sampler.h"
#include "models/training/data_set.h"

namespace scoreserve {

// Rows of a file, split as for training, in the model space of `space`; column
// `class_column` of the file, where given, holds the classes 0, 1, … As
// ReadDataSet(); INVALID_ARGUMENT also where classes are not such integers.
absl::StatusOr<QualityData> ReadQualityData(const DataOptions& options,
                                            std::optional<int64_t> class_column,
                                            const DataSpace& space);

// Annealed Langevin dynamics for data of unit variance: ten levels from 10 to
// 0.05, 25 steps each of a tenth of the level's variance, and denoising.
// INVALID_ARGUMENT where such a network cannot run it.
absl::StatusOr<SamplerPlan> StandardSampler(const SamplerTarget& target);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_QUALITY_QUALITY_DATA_H_
