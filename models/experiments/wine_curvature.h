// Curvature propagation (Martens, Sutskever and Swersky 2012) through a deep
// kernel exponential family. For L = log p̃ and a quantity y = f(x) of its
// graph,
//
//   ∇ₓ² L = (∂y/∂x)ᵀ ∇_y² L (∂y/∂x) + Σ_i (∂L/∂y_i) ∇ₓ² y_i.
//
// So two vectors with E S_y T_yᵀ = ∇_y² L give, sent back like a gradient with
// a fresh random factor of the second term added to each,
//
//   S_x = (∂y/∂x)ᵀ S_y + |M|^½ v,   T_x = (∂y/∂x)ᵀ T_y + sign(M) |M|^½ v,
//
// two with E S_x T_xᵀ = ∇ₓ² L, for E vvᵀ = I and M the second term, where that
// is diagonal. S_x · T_x is an unbiased estimate of the trace, for three
// backward passes in all.

#ifndef SCORESERVE_MODELS_EXPERIMENTS_WINE_CURVATURE_H_
#define SCORESERVE_MODELS_EXPERIMENTS_WINE_CURVATURE_H_

#include <cstdint>

#include "ATen/core/Tensor.h"
#include "models/networks/dkef_kernel.h"

namespace scoreserve {

struct PropagatedCurvature {
  at::Tensor gradient;  // ∇ log p̃, [rows, dim]: exact.
  at::Tensor trace;     // Estimates of tr ∇² log p̃, [rows].
};

// Random signs that a row takes.
int64_t CurvatureDraws(const DkefKernel& kernel);

// Under weights `alpha` of the points; signs [rows, CurvatureDraws()].
PropagatedCurvature PropagateCurvature(const DkefKernel& kernel,
                                       const at::Tensor& x,
                                       const at::Tensor& alpha,
                                       const at::Tensor& signs);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_WINE_CURVATURE_H_
