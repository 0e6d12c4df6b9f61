// What a training step costs by every objective: flat in the dimension for all
// but exact score matching.

#ifndef SCORESERVE_MODELS_EXPERIMENTS_COST_H_
#define SCORESERVE_MODELS_EXPERIMENTS_COST_H_

#include "absl/status/statusor.h"
#include "models/experiments/experiment.h"

namespace scoreserve {

Experiment CostExperiment();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_COST_H_
