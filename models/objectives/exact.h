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

#include <memory>

#include "ATen/core/Tensor.h"
#include "absl/status/statusor.h"
#include "models/objectives/density_objective.h"
#include "models/objectives/objective.h"

namespace scoreserve {

struct ExactOptions : DensityOptions {};

const OptionTable<ExactOptions>& ExactOptionTable();

// INVALID_ARGUMENT as LevelLaw::New().
absl::StatusOr<std::unique_ptr<Objective>> NewExact(const OptionValues& options,
                                                    const ModelConfig& config);

// The loss itself, at the rows of `input` → [rows].
at::Tensor ExactLosses(const ScoreNetwork& network, const ScoreInput& input,
                       Workspace& workspace);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_EXACT_H_
