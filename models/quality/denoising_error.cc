#include "models/quality/denoising_error.h"

#include <cstdint>

#include "ATen/ops/empty.h"
#include "ATen/ops/full.h"
#include "c10/core/GradMode.h"
#include "models/processes/noise_process.h"
#include "models/samplers/noise.h"

namespace scoreserve {

bool HasNoiseLevel(const SamplerTarget& target, double noise_level) {
  if (target.process == nullptr) return false;
  const Level level = target.process->AtRatio(noise_level);
  return CheckLabel(target.label, "label", target.LabelOf(level)).ok();
}

DenoisingErrors MeasureDenoising(const ScoreNetwork& network,
                                 const SamplerTarget& target,
                                 const GaussianFit& fit,
                                 const ConditionedRows& rows,
                                 double noise_level, uint64_t seed) {
  constexpr uint32_t kDraws = 4;
  const c10::NoGradGuard no_grad;
  const Level level = target.process->AtRatio(noise_level);
  const at::Tensor label =
      at::full({rows.size()}, target.LabelOf(level), at::kDouble);
  const at::Tensor z = at::empty({rows.size(), rows.x.size(1)}, at::kFloat);
  Workspace workspace;
  DenoisingErrors errors;
  for (uint32_t draw = 0; draw < kDraws; ++draw) {
    FillNormals({.seed = seed, .step = draw, .row = 0}, Purpose::kObjective,
                rows.size(), rows.x.size(1), z.mutable_data_ptr<float>());
    const at::Tensor noised = rows.x.mul(level.alpha).add(z, level.sigma);
    const at::Tensor score = network.Score(
        {.x = noised, .label = label, .condition = rows.condition}, workspace);
    const at::Tensor denoised =
        noised.add(score, level.sigma * level.sigma).div(level.alpha);
    const auto mean_square = [&](const at::Tensor& estimate) {
      return estimate.sub(rows.x).square().mean().item<double>() / kDraws;
    };
    errors.network += mean_square(denoised);
    errors.affine +=
        mean_square(fit.Denoise(rows.x.add(z, noise_level), noise_level));
  }
  return errors;
}

}  // namespace scoreserve
