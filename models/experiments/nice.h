// NICE trained by likelihood and by score matching in several ways: what each
// does to the other's loss (Song, Garg, Shi and Ermon 2019, section 6.2).

#ifndef SCORESERVE_MODELS_EXPERIMENTS_NICE_H_
#define SCORESERVE_MODELS_EXPERIMENTS_NICE_H_

#include "absl/status/statusor.h"
#include "models/experiments/experiment.h"

namespace scoreserve {

Experiment NiceExperiment();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_NICE_H_
