// The spectral Stein gradient estimator (Shi, Sun and Zhu 2018): a density's
// score as a series in the eigenfunctions of a kernel under that density, from
// samples alone. With eigenvalues λⱼ and eigenvectors uⱼ of the kernel matrix
// of n samples, Nyström's eigenfunctions and the score are
//
//   ψⱼ(x) = √n/λⱼ Σₘ uⱼₘ k(x, xₘ),   s(x) = Σⱼ βⱼ ψⱼ(x),
//   βⱼ = −1/n Σₘ ∇ψⱼ(xₘ),
//
// over the j of the largest eigenvalues that make up `share` of their sum.

#ifndef SCORESERVE_MODELS_IMPLICIT_SPECTRAL_ESTIMATOR_H_
#define SCORESERVE_MODELS_IMPLICIT_SPECTRAL_ESTIMATOR_H_

#include "ATen/core/Tensor.h"

namespace scoreserve {

struct SpectralOptions {
  double share = 0.95;  // Of the kernel's trace; more than 0, at most 1.
};

// What it has learnt of samples [..., n ≥ 2, dim], each group of n being of a
// density of its own. Immutable.
class SpectralEstimator {
 public:
  // Samples of a group may not all be the same.
  explicit SpectralEstimator(const at::Tensor& samples,
                             const SpectralOptions& options = {});

  // Scores [..., m, dim] at x [..., m, dim], of x's type, and constants to
  // derivatives. Far from all samples they go to 0, as the kernel does.
  at::Tensor Score(const at::Tensor& x) const;

 private:
  // In double. score = k(x, samples) · weights.
  at::Tensor samples_, bandwidth_, weights_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IMPLICIT_SPECTRAL_ESTIMATOR_H_
