#include "models/quality/denoising_error.h"

#include <cstdint>

#include "ATen/ops/empty.h"
#include "ATen/ops/full.h"
#include "c10/core/GradMode.h"
#include "models/samplers/noise.h"

namespace scoreserve {

DenoisingErrors MeasureDenoising(const ScoreNetwork& network,
                                 const GaussianFit& fit, const at::Tensor& rows,
                                 double noise_level, uint64_t seed) {
  constexpr uint32_t kDraws = 4;
  const c10::NoGradGuard no_grad;
  const at::Tensor label = at::full({rows.size(0)}, noise_level, at::kDouble);
  const at::Tensor z = at::empty({rows.size(0), rows.size(1)}, at::kFloat);
  Workspace workspace;
  DenoisingErrors errors;
  for (uint32_t draw = 0; draw < kDraws; ++draw) {
    FillNormals({.seed = seed, .step = draw, .row = 0}, Purpose::kObjective,
                rows.size(0), rows.size(1), z.mutable_data_ptr<float>());
    const at::Tensor noised = rows.add(z, noise_level);
    const at::Tensor score =
        network.Score({.x = noised, .label = label}, workspace);
    const at::Tensor denoised = noised.add(score, noise_level * noise_level);
    const auto mean_square = [&](const at::Tensor& estimate) {
      return estimate.sub(rows).square().mean().item<double>() / kDraws;
    };
    errors.network += mean_square(denoised);
    errors.affine += mean_square(fit.Denoise(noised, noise_level));
  }
  return errors;
}

}  // namespace scoreserve
