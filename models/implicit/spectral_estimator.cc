#include "models/implicit/spectral_estimator.h"

#include <tuple>

#include "ATen/ops/linalg_eigh.h"
#include "ATen/ops/where.h"
#include "ATen/ops/zeros_like.h"
#include "c10/core/GradMode.h"
#include "models/implicit/rbf_kernel.h"

namespace scoreserve {

SpectralEstimator::SpectralEstimator(const at::Tensor& samples,
                                     const SpectralOptions& options) {
  const c10::NoGradGuard no_grad;
  samples_ = samples.to(at::kDouble);
  bandwidth_ = MedianDistance(samples_);
  const at::Tensor kernel = RbfKernel(samples_, samples_, bandwidth_);
  const auto [values, vectors] = at::linalg_eigh(kernel);  // Ascending.
  // An eigenvalue is needed unless those above it reach the share; what
  // rounding has made of 0 never is.
  const at::Tensor above = values.flip({-1}).cumsum(-1).flip({-1}).sub(values);
  const at::Tensor needed =
      above.lt(values.sum(-1, /*keepdim=*/true).mul(options.share))
          .logical_and(values.gt(1e-10));
  // √n uⱼ/λⱼ · βⱼ with βⱼ = −uⱼᵀB/(√n λⱼ): B of rbf_kernel.h's slopes is what
  // the gradients of the kernel sum to.
  const at::Tensor inverse_squares =
      at::where(needed, values.square().reciprocal(), at::zeros_like(values));
  const at::Tensor along =
      vectors.mT().matmul(KernelSlopes(samples_, kernel, bandwidth_));
  weights_ = vectors.matmul(along.mul(inverse_squares.unsqueeze(-1))).neg();
}

at::Tensor SpectralEstimator::Score(const at::Tensor& x) const {
  const c10::NoGradGuard no_grad;
  return RbfKernel(x.to(at::kDouble), samples_, bandwidth_)
      .matmul(weights_)
      .to(x.scalar_type());
}

}  // namespace scoreserve
