// vᵀ ∇s(x) v, the slope of a score along a direction, two ways.

#ifndef SCORESERVE_MODELS_OBJECTIVES_CURVATURE_H_
#define SCORESERVE_MODELS_OBJECTIVES_CURVATURE_H_

#include "ATen/core/Tensor.h"
#include "c10/core/Device.h"
#include "models/networks/score_network.h"

namespace scoreserve {

// Both give the same numbers but for rounding.
enum class Differentiation {
  kDoubleBackward,  // Another backward pass, of vᵀ s(x).
  // The tangent of s along v, carried through the forward pass. For networks
  // whose every operation has one; not for energies, whose score is a backward
  // pass already. One at a time in a process, LibTorch keeping one level.
  kForwardMode,
};

// The faster one, by measurement (docs/performance.md). A constant of the
// device, since a choice made while running would change a run's bits.
Differentiation FasterOn(const at::Device& device);

struct ScoreAndCurvature {
  at::Tensor score;      // [rows, dim].
  at::Tensor curvature;  // [rows, projections].
};

// At the rows of `input` along directions [rows, projections, dim]; where
// gradients are recorded, differentiable in the weights. Leaves inference mode.
ScoreAndCurvature CurvatureAlong(const ScoreNetwork& network,
                                 const ScoreInput& input,
                                 const at::Tensor& directions,
                                 Differentiation differentiation,
                                 Workspace& workspace);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_CURVATURE_H_
