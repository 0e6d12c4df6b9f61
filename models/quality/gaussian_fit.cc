#include "models/quality/gaussian_fit.h"

#include <tuple>

#include "ATen/ops/linalg_eigh.h"

namespace scoreserve {

GaussianFit::GaussianFit(const at::Tensor& rows) {
  const at::Tensor x = rows.to(at::kDouble);
  mean_ = x.mean(0);
  const at::Tensor centred = x.sub(mean_);
  const at::Tensor covariance =
      centred.t().matmul(centred).div(static_cast<double>(x.size(0)));
  std::tie(variances_, axes_) = at::linalg_eigh(covariance);
  variances_ = variances_.clamp_min(0.0);  // Constant columns: −0 by rounding.
}

at::Tensor GaussianFit::Denoise(const at::Tensor& noised,
                                double noise_level) const {
  const at::Tensor shrink =
      variances_.div(variances_.add(noise_level * noise_level));
  const at::Tensor along = noised.to(at::kDouble).sub(mean_).matmul(axes_);
  return along.mul(shrink).matmul(axes_.t()).add(mean_).to(at::kFloat);
}

at::Tensor GaussianFit::Draw(const at::Tensor& z) const {
  const at::Tensor along = z.to(at::kDouble).mul(variances_.sqrt());
  return along.matmul(axes_.t()).add(mean_).to(at::kFloat);
}

}  // namespace scoreserve
