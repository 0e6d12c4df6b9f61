// Sliced score matching (Song, Garg, Shi and Ermon 2019): with directions v of
// E vvᵀ = I,
//
//   loss = vᵀ ∇s(x) v + ½ (vᵀ s(x))²,   or, variance reduced, + ½ |s(x)|²,
//
// averaged over some directions a row. The first term is one derivative each
// (curvature.h), whatever the dimension, where the trace of the Jacobian takes
// as many as there are coordinates. Its mean over directions is exact score
// matching's loss, and its minimiser the score of the rows' own density.
// density_objective.h says which that is.

#ifndef SCORESERVE_MODELS_OBJECTIVES_SLICED_H_
#define SCORESERVE_MODELS_OBJECTIVES_SLICED_H_

#include <cstdint>
#include <memory>
#include <string>

#include "ATen/core/Tensor.h"
#include "absl/status/statusor.h"
#include "models/objectives/curvature.h"
#include "models/objectives/density_objective.h"
#include "models/objectives/objective.h"

namespace scoreserve {

struct SlicedOptions : DensityOptions {
  std::string directions = "rademacher";
  int64_t projections = 1;
  bool variance_reduction = true;
};

const OptionTable<SlicedOptions>& SlicedOptionTable();

// INVALID_ARGUMENT as LevelLaw::New(), and for directions of unit length with
// variance reduction, whose terms would then be of two scales.
absl::StatusOr<std::unique_ptr<Objective>> NewSliced(
    const OptionValues& options, const ModelConfig& config);

// The loss itself, at the rows of `input`, of given directions [rows,
// projections, dim] → [rows].
at::Tensor SlicedLosses(
    const ScoreNetwork& network, const ScoreInput& input,
    const at::Tensor& directions, bool variance_reduction, Workspace& workspace,
    Differentiation differentiation = Differentiation::kDoubleBackward);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_SLICED_H_
