#ifndef SCORESERVE_MODELS_QUALITY_DENOISING_ERROR_H_
#define SCORESERVE_MODELS_QUALITY_DENOISING_ERROR_H_

#include <cstdint>

#include "ATen/core/Tensor.h"
#include "models/networks/score_network.h"
#include "models/quality/gaussian_fit.h"

namespace scoreserve {

// Mean squares, per coordinate and in model space, of what is left after
// denoising.
struct DenoisingErrors {
  double network = 0.0;
  double affine = 0.0;  // Of the best affine denoiser of the fitted rows.
};

// Of `rows` [n, dim] with noise of `noise_level` from `seed`, four draws a row,
// the same for both. Requires a network labelled by noise level.
DenoisingErrors MeasureDenoising(const ScoreNetwork& network,
                                 const GaussianFit& fit, const at::Tensor& rows,
                                 double noise_level, uint64_t seed);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_QUALITY_DENOISING_ERROR_H_
