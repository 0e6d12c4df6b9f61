#include <algorithm>
#include <memory>

#include "absl/status/statusor.h"
#include "models/io/model_config.h"
#include "models/processes/noise_process.h"
#include "models/samplers/sampler.h"

namespace scoreserve {
namespace {

// What counts as a rounding, relative to the end of the range.
constexpr double kRounding = 1e-9;

}  // namespace

double SamplerTarget::LabelOf(const Level& level) const {
  const double value =
      label.kind == LabelKind::kTime ? level.time : level.sigma;
  const double clamped = std::clamp(value, label.min, label.max);
  const bool rounding = value < label.min
                            ? value >= label.min * (1.0 - kRounding)
                            : value <= label.max * (1.0 + kRounding);
  return rounding ? clamped : value;
}

absl::StatusOr<SamplerTarget> TargetOf(const ModelConfig& config,
                                       bool has_energy) {
  absl::StatusOr<std::shared_ptr<const NoiseProcess>> process =
      ProcessOf(config);
  if (!process.ok()) return process.status();
  return SamplerTarget{.label = config.label,
                       .process = *std::move(process),
                       .has_energy = has_energy};
}

}  // namespace scoreserve
