#include "models/objectives/row_levels.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "ATen/ops/empty_like.h"
#include "ATen/ops/full.h"
#include "ATen/ops/ones_like.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// The noise σ/α that a label's range allows. Of no label: any.
LabelRule NoiseRange(const LabelRule& label, const NoiseProcess* process) {
  if (label.kind != LabelKind::kTime) return label;
  return {.kind = LabelKind::kNoiseLevel,
          .min = process->At(label.min).ratio(),
          .max = process->At(label.max).ratio()};
}

absl::Status CheckLevel(double level, const LabelRule& noise) {
  if (noise.kind == LabelKind::kNone) return absl::OkStatus();
  if (level != 0.0) return CheckLabel(noise, "noise_level", level);
  if (NoiseLevels::Meets(noise)) return absl::OkStatus();
  return InvalidField("noise_level",
                      "given where the label's range has no level between "
                      "0.0105 and 152",
                      "absent");
}

}  // namespace

RowLevels LevelsOfNoise(const at::Tensor& sigma) {
  return {.alpha = at::ones_like(sigma), .sigma = sigma, .label = sigma};
}

absl::StatusOr<LevelLaw> LevelLaw::New(double noise_level,
                                       const ModelConfig& config) {
  std::shared_ptr<const NoiseProcess> process;
  if (config.label.kind == LabelKind::kTime) {
    auto found = ProcessOf(config);
    if (!found.ok()) return found.status();
    process = *std::move(found);
  }
  const LabelRule noise = NoiseRange(config.label, process.get());
  absl::Status checked = CheckLevel(noise_level, noise);
  if (!checked.ok()) return checked;
  LevelLaw law(noise_level, config.label, std::move(process));
  if (noise_level == 0.0 && noise.kind != LabelKind::kNone) {
    law.drawn_.emplace(noise);
  }
  return law;
}

RowLevels LevelLaw::Draw(int64_t rows, const NoiseKey& first) const {
  const at::Tensor noise = at::full({rows}, noise_level_, at::kDouble);
  double* u = noise.mutable_data_ptr<double>();
  if (drawn_.has_value()) {
    FillUniforms(first, Purpose::kNoiseLevel, rows, 1, u);
    for (int64_t i = 0; i < rows; ++i) u[i] = drawn_->Quantile(u[i]);
  }
  return process_ == nullptr ? LevelsOfNoise(noise) : AtTimes(noise);
}

// Of the times at which the noise is so.
RowLevels LevelLaw::AtTimes(const at::Tensor& noise) const {
  const double* u = noise.const_data_ptr<double>();
  const RowLevels levels = {.alpha = at::empty_like(noise),
                            .sigma = at::empty_like(noise),
                            .label = at::empty_like(noise)};
  for (int64_t i = 0; i < noise.numel(); ++i) {
    // Against rounding.
    const double time =
        std::clamp(process_->TimeOf(u[i]), label_.min, label_.max);
    const Level level = process_->At(time);
    levels.alpha.mutable_data_ptr<double>()[i] = level.alpha;
    levels.sigma.mutable_data_ptr<double>()[i] = level.sigma;
    levels.label.mutable_data_ptr<double>()[i] = time;
  }
  return levels;
}

}  // namespace scoreserve
