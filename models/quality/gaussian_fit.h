#ifndef SCORESERVE_MODELS_QUALITY_GAUSSIAN_FIT_H_
#define SCORESERVE_MODELS_QUALITY_GAUSSIAN_FIT_H_

#include "ATen/core/Tensor.h"

namespace scoreserve {

// The Gaussian with the mean and covariance of some rows: the best that can be
// done without looking beyond second moments, so what a network has to beat.
// Immutable.
class GaussianFit {
 public:
  // Requires rows [n ≥ 2, dim].
  explicit GaussianFit(const at::Tensor& rows);

  // The mean of x given x + noise_level · z = `noised` [rows, dim], which is
  // also the best affine denoiser of any data with these moments: μ + S (S + σ²
  // I)⁻¹ (noised − μ). float32 [rows, dim].
  at::Tensor Denoise(const at::Tensor& noised, double noise_level) const;

  // Draws from it, made of standard normals z [rows, dim]. float32.
  at::Tensor Draw(const at::Tensor& z) const;

 private:
  // The covariance is axes · diag(variances) · axesᵀ. All in double.
  at::Tensor mean_, variances_, axes_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_QUALITY_GAUSSIAN_FIT_H_
