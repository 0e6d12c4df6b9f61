// Exact score matching (Hyvärinen 2005), by integration by parts the mean
// squared error of the score up to a constant:
//
//   loss = ½ |s(x)|² + tr ∇s(x).
//
// The trace is one backward pass for each coordinate, so a step costs as many
// times more as there are dimensions: for small ones, and to check others
// against. density_objective.h says of which density.

#ifndef SCORESERVE_MODELS_OBJECTIVES_EXACT_H_
#define SCORESERVE_MODELS_OBJECTIVES_EXACT_H_

#include "ATen/core/Tensor.h"
#include "models/objectives/density_objective.h"
#include "models/objectives/objective.h"

namespace scoreserve {

// "exact". create() refuses as LevelLaw::New().
ObjectiveKind ExactObjective();

// The loss itself, at the rows of `input` → [rows].
at::Tensor ExactLosses(const ScoreNetwork& network, const ScoreInput& input,
                       Workspace& workspace);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_EXACT_H_
