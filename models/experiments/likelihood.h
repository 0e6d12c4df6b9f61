#ifndef SCORESERVE_MODELS_EXPERIMENTS_LIKELIHOOD_H_
#define SCORESERVE_MODELS_EXPERIMENTS_LIKELIHOOD_H_

#include <memory>

#include "models/objectives/objective.h"

namespace scoreserve {

// Maximum likelihood: a row's loss is its energy. Only for networks whose
// energy is −log p itself, which nothing checks: of any other it would be the
// way to no density at all. So it is not among the objectives.
std::unique_ptr<Objective> NewLikelihood();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_LIKELIHOOD_H_
