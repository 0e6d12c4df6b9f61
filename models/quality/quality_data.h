#ifndef SCORESERVE_MODELS_QUALITY_QUALITY_DATA_H_
#define SCORESERVE_MODELS_QUALITY_QUALITY_DATA_H_

#include "absl/status/statusor.h"
#include "models/quality/quality_report.h"
#include "models/samplers/sampler.h"
#include "models/training/data_set.h"

namespace scoreserve {

// Rows of a file, split as for training, in the model space of `space`. As
// ReadDataSet().
absl::StatusOr<QualityData> ReadQualityData(const DataOptions& options,
                                            const DataSpace& space);

// For data of unit variance. At noise levels, annealed Langevin dynamics: ten
// levels from 10 to 0.05, 25 steps each of a tenth of the level's variance, and
// denoising. At times of a process, 50 steps of DDIM. INVALID_ARGUMENT where
// such a network cannot run it.
absl::StatusOr<SamplerPlan> StandardSampler(const SamplerTarget& target);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_QUALITY_QUALITY_DATA_H_
