// The kernel k(x, y) = exp(−|x − y|² / 2h²), and what score estimators make of
// it. Samples are [..., n, dim]: groups of n, each on its own.

#ifndef SCORESERVE_MODELS_IMPLICIT_RBF_KERNEL_H_
#define SCORESERVE_MODELS_IMPLICIT_RBF_KERNEL_H_

#include "ATen/core/Tensor.h"

namespace scoreserve {

// The bandwidth h of the median heuristic: the median distance of two different
// samples of a group, [..., 1, 1]. Requires n ≥ 2.
at::Tensor MedianDistance(const at::Tensor& samples);

// k(x, y) [..., m, n] of x [..., m, dim] and y [..., n, dim].
at::Tensor RbfKernel(const at::Tensor& x, const at::Tensor& y,
                     const at::Tensor& bandwidth);

// Row i: Σⱼ ∇_y k(xᵢ, y) at y = xⱼ, [..., n, dim], of samples x and kernel =
// RbfKernel(x, x). By Stein's identity its mean and that of k(xᵢ, xⱼ) s(xⱼ)
// cancel.
at::Tensor KernelSlopes(const at::Tensor& samples, const at::Tensor& kernel,
                        const at::Tensor& bandwidth);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IMPLICIT_RBF_KERNEL_H_
