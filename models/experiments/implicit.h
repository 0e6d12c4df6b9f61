// Variational and Wasserstein auto-encoders with implicit encoders, whose
// entropy is followed by scores found in three ways (Song, Garg, Shi and Ermon
// 2019, section 6.3).

#ifndef SCORESERVE_MODELS_EXPERIMENTS_IMPLICIT_H_
#define SCORESERVE_MODELS_EXPERIMENTS_IMPLICIT_H_

#include "absl/status/statusor.h"
#include "models/experiments/experiment.h"

namespace scoreserve {

Experiment ImplicitExperiment();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_IMPLICIT_H_
