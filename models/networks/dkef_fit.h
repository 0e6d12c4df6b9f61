// The closed form of α in a deep kernel exponential family. Its log density is
// linear in α, so every loss below is a quadratic function of it,
//
//   loss(α) = ½ Σ_p (α·slopes_p + slope_p)² + α·curvatures + curvature,
//
// whose mean over rows has its minimum, with ½ λ |α|² added, at
// −(G + λ I)⁻¹ b: G is the mean of Σ_p slopes_p slopes_pᵀ, b that of
// Σ_p slopes_p slope_p + curvatures (Wenliang, Sutherland, Strathmann and
// Gretton 2019, for exact score matching).

#ifndef SCORESERVE_MODELS_NETWORKS_DKEF_FIT_H_
#define SCORESERVE_MODELS_NETWORKS_DKEF_FIT_H_

#include "ATen/core/Tensor.h"
#include "models/networks/dkef_kernel.h"

namespace scoreserve {

// What a loss is of rows, M points and P directions. Differentiable, in grad
// mode, in the kernel's weights.
struct DkefTerms {
  at::Tensor slopes;      // [rows, P, M].
  at::Tensor slope;       // [rows, P], the envelope's.
  at::Tensor curvatures;  // [rows, M].
  at::Tensor curvature;   // [rows], the envelope's.
};

// ½ |∇ log p|² + tr ∇² log p, as ExactLosses().
DkefTerms ExactTerms(const DkefKernel& kernel, const at::Tensor& x);

// As SlicedLosses(), of one direction v [rows, dim] each. With variance
// reduction only the second derivatives are taken along it.
DkefTerms SlicedTerms(const DkefKernel& kernel, const at::Tensor& x,
                      const at::Tensor& v, bool variance_reduction);

// The same without it from differences, of the values at x and x ± step·v (Pang
// and others 2020).
DkefTerms FdSlicedTerms(const DkefKernel& kernel, const at::Tensor& x,
                        const at::Tensor& v, double step);

// ½ |∇ log p(x + σ z) + z/σ|², as DenoisingLosses() with weight_power 0.
DkefTerms DenoisingTerms(const DkefKernel& kernel, const at::Tensor& x,
                         const at::Tensor& z, double sigma);

// The loss of each row, [rows].
at::Tensor LossesOf(const DkefTerms& terms, const at::Tensor& alpha);

// The mean loss as a function of α.
struct DkefQuadratic {
  at::Tensor gram;      // G, [M, M].
  at::Tensor linear;    // b, [M].
  at::Tensor constant;  // [].
};
DkefQuadratic QuadraticOf(const DkefTerms& terms);
at::Tensor MeanLoss(const DkefQuadratic& quadratic, const at::Tensor& alpha);

// The minimiser, λ = 10^log_lambda ([]), in the type of the quadratic; the
// equations are solved in double.
at::Tensor FitAlpha(const DkefQuadratic& quadratic,
                    const at::Tensor& log_lambda);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_DKEF_FIT_H_
