#include "models/objectives/denoising.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/empty_like.h"
#include "ATen/ops/full.h"
#include "ATen/ops/ones_like.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/objectives/noise_levels.h"
#include "models/processes/noise_process.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// The noise u that a label's range allows. Of no label: none.
LabelRule NoiseRange(const LabelRule& label, const NoiseProcess* process) {
  if (label.kind != LabelKind::kTime) return label;
  return {.kind = LabelKind::kNoiseLevel,
          .min = process->At(label.min).ratio(),
          .max = process->At(label.max).ratio()};
}

class Denoising final : public Objective {
 public:
  // `process` is that of the label, null where this is no time.
  Denoising(const DenoisingOptions& options, const LabelRule& label,
            std::shared_ptr<const NoiseProcess> process)
      : options_(options), label_(label), process_(std::move(process)) {
    if (options.noise_level == 0.0) {
      noise_.emplace(NoiseRange(label, process_.get()));
    }
  }

  Estimand estimand() const override { return Estimand::kNoised; }

  at::Tensor Losses(const ScoreNetwork& network, const ConditionedRows& rows,
                    const NoiseKey& first,
                    Workspace& workspace) const override {
    const at::Tensor z = at::empty({rows.size(), rows.x.size(1)}, at::kFloat);
    FillNormals(first, Purpose::kObjective, rows.size(), rows.x.size(1),
                z.mutable_data_ptr<float>());
    return DenoisingLosses(
        network, {.x = rows.x, .condition = WithDropout(rows.condition, first)},
        Levels(rows.size(), first), z, options_.weight_power, workspace);
  }

 private:
  at::Tensor WithDropout(const at::Tensor& condition,
                         const NoiseKey& first) const {
    if (!condition.defined()) return condition;
    const at::Tensor kept = condition.clone();
    int64_t* values = kept.mutable_data_ptr<int64_t>();
    std::vector<double> uniforms(static_cast<size_t>(kept.numel()));
    FillUniforms(first, Purpose::kCondition, kept.numel(), 1, uniforms.data());
    for (const double u : uniforms) {
      if (u < options_.condition_dropout) *values = kNoCondition;
      ++values;
    }
    return kept;
  }

  RowLevels Levels(int64_t rows, const NoiseKey& first) const {
    const at::Tensor noise =
        at::full({rows}, options_.noise_level, at::kDouble);
    double* u = noise.mutable_data_ptr<double>();
    if (noise_.has_value()) {
      FillUniforms(first, Purpose::kNoiseLevel, rows, 1, u);
      for (int64_t i = 0; i < rows; ++i) u[i] = noise_->Quantile(u[i]);
    }
    return process_ == nullptr ? LevelsOfNoise(noise) : AtTimes(noise);
  }

  // Of the times at which the noise is so.
  RowLevels AtTimes(const at::Tensor& noise) const {
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

  const DenoisingOptions options_;
  const LabelRule label_;
  const std::shared_ptr<const NoiseProcess> process_;
  std::optional<NoiseLevels> noise_;  // Where they are drawn.
};

absl::Status CheckLevel(double level, const LabelRule& noise) {
  if (noise.kind == LabelKind::kNone) {
    if (level > 0.0) return absl::OkStatus();
    return InvalidField("noise_level",
                        "more than 0 for a network that takes no label",
                        absl::StrCat(level));
  }
  if (level != 0.0) return CheckLabel(noise, "noise_level", level);
  if (NoiseLevels::Meets(noise)) return absl::OkStatus();
  return InvalidField("noise_level",
                      "given where the label's range has no level between "
                      "0.0105 and 152",
                      "absent");
}

}  // namespace

const OptionTable<DenoisingOptions>& DenoisingOptionTable() {
  using O = DenoisingOptions;
  static const auto& table = *new OptionTable<O>({
      {"noise_level", &O::noise_level, NotNegative(),
       "Standard deviation of the noise, in model space, σ/α where the label "
       "is a time; 0 draws one for each row from the label's range."},
      {"weight_power", &O::weight_power, Between(-4.0, 8.0),
       "p of the weight noise_level^p on the squared error of the score."},
      {"condition_dropout", &O::condition_dropout, Between(0.0, 1.0),
       "Fraction of the rows with a class that are trained without it; 0 "
       "leaves nothing to guide by."},
  });
  return table;
}

absl::StatusOr<std::unique_ptr<Objective>> NewDenoising(
    const OptionValues& options, const ModelConfig& config) {
  absl::StatusOr<DenoisingOptions> parsed =
      DenoisingOptionTable().Parse(options);
  if (!parsed.ok()) return parsed.status();
  std::shared_ptr<const NoiseProcess> process;
  if (config.label.kind == LabelKind::kTime) {
    auto found = ProcessOf(config);
    if (!found.ok()) return found.status();
    process = *std::move(found);
  }
  absl::Status checked =
      CheckLevel(parsed->noise_level, NoiseRange(config.label, process.get()));
  if (!checked.ok()) return checked;
  return std::make_unique<Denoising>(*parsed, config.label, std::move(process));
}

RowLevels LevelsOfNoise(const at::Tensor& sigma) {
  return {.alpha = at::ones_like(sigma), .sigma = sigma, .label = sigma};
}

at::Tensor DenoisingLosses(const ScoreNetwork& network,
                           const ConditionedRows& rows, const RowLevels& levels,
                           const at::Tensor& z, double weight_power,
                           Workspace& workspace) {
  const auto column = [&rows](const at::Tensor& values) {
    return values.to(rows.x.scalar_type()).unsqueeze(1);
  };
  const at::Tensor sigma = column(levels.sigma);
  const at::Tensor noise = column(levels.sigma.div(levels.alpha));
  ScoreInput input = {.x = rows.x.mul(column(levels.alpha)).addcmul(sigma, z),
                      .condition = rows.condition};
  if (network.label_kind() != LabelKind::kNone) input.label = levels.label;
  const at::Tensor score = network.Score(input, workspace);
  // The weight is u^p = (u^(p/2))²: multiplied in before squaring, so that
  // small levels do not overflow. α s + z/u is (σ s + z)/u.
  const at::Tensor error =
      score.mul(sigma).add(z).mul(noise.pow(0.5 * weight_power - 1.0));
  return error.square().sum(1).mul(0.5);
}

}  // namespace scoreserve
