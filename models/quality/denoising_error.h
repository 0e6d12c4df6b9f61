#ifndef SCORESERVE_MODELS_QUALITY_DENOISING_ERROR_H_
#define SCORESERVE_MODELS_QUALITY_DENOISING_ERROR_H_

#include <cstdint>

#include "ATen/core/Tensor.h"
#include "models/networks/score_network.h"
#include "models/objectives/conditioned_rows.h"
#include "models/quality/gaussian_fit.h"
#include "models/samplers/sampler.h"

namespace scoreserve {

// Mean squares, per coordinate and in model space, of what is left after
// denoising.
struct DenoisingErrors {
  double network = 0.0;
  double affine = 0.0;  // Of the best affine denoiser of the fitted rows.
};

// Whether the network's label reaches the level whose σ/α is `noise_level`.
bool HasNoiseLevel(const SamplerTarget& target, double noise_level);

// Of `rows` with noise of σ/α = `noise_level` from `seed`, four draws a row,
// the same for both; the network is told the rows' conditions. Requires
// HasNoiseLevel().
DenoisingErrors MeasureDenoising(const ScoreNetwork& network,
                                 const SamplerTarget& target,
                                 const GaussianFit& fit,
                                 const ConditionedRows& rows,
                                 double noise_level, uint64_t seed);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_QUALITY_DENOISING_ERROR_H_
