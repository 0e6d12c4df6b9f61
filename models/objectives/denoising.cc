#include "models/objectives/denoising.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/objectives/condition_dropout.h"
#include "models/samplers/normal_tensor.h"
#include "models/status.h"

namespace scoreserve {
namespace {

class Denoising final : public Objective {
 public:
  Denoising(const DenoisingOptions& options, LevelLaw levels)
      : options_(options), levels_(std::move(levels)) {}

  Estimand estimand() const override { return Estimand::kNoised; }

  at::Tensor Losses(const ScoreNetwork& network, const ConditionedRows& rows,
                    const NoiseKey& first,
                    Workspace& workspace) const override {
    const at::Tensor z = NormalTensor(first, Purpose::kObjective, rows.size(),
                                      rows.x.size(1), rows.x.device());
    return DenoisingLosses(
        network,
        {.x = rows.x,
         .condition =
             WithDropout(rows.condition, options_.condition_dropout, first)},
        levels_.Draw(rows.size(), first).To(rows.x.device()), z,
        options_.weight_power, workspace);
  }

 private:
  const DenoisingOptions options_;
  const LevelLaw levels_;
};

const OptionTable<DenoisingOptions>& Options() {
  static const auto& table =
      *new OptionTable<DenoisingOptions>(WithDenoising<DenoisingOptions>({}));
  return table;
}

absl::StatusOr<std::unique_ptr<Objective>> New(const OptionValues& options,
                                               const ModelConfig& config) {
  absl::StatusOr<DenoisingOptions> parsed = Options().Parse(options);
  if (!parsed.ok()) return parsed.status();
  absl::StatusOr<LevelLaw> levels = DenoisingLevels(*parsed, config);
  if (!levels.ok()) return levels.status();
  return std::make_unique<Denoising>(*parsed, *std::move(levels));
}

}  // namespace

ObjectiveKind DenoisingObjective() {
  return {.name = "denoising",
          .help =
              "Denoising score matching at one noise level or over all of the "
              "label's "
              "(Vincent 2011; Song and Ermon 2019).",
          .options = Options().Describe(),
          .create = New};
}

absl::StatusOr<LevelLaw> DenoisingLevels(const DenoisingOptions& options,
                                         const ModelConfig& config) {
  absl::StatusOr<LevelLaw> levels = LevelLaw::New(options.noise_level, config);
  if (levels.ok() && levels->none()) {
    return InvalidField("noise_level",
                        "more than 0 for a network that takes no label",
                        absl::StrCat(options.noise_level));
  }
  return levels;
}

ScoreInput NoisedInput(const ScoreNetwork& network, const ConditionedRows& rows,
                       const RowLevels& levels, const at::Tensor& z) {
  const auto column = [&rows](const at::Tensor& values) {
    return values.to(rows.x.scalar_type()).unsqueeze(1);
  };
  ScoreInput input = {
      .x = rows.x.mul(column(levels.alpha)).addcmul(column(levels.sigma), z),
      .condition = rows.condition};
  if (network.label_kind() != LabelKind::kNone) input.label = levels.label;
  return input;
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
  const at::Tensor score =
      network.Score(NoisedInput(network, rows, levels, z), workspace);
  // The weight is u^p = (u^(p/2))²: multiplied in before squaring, so that
  // small levels do not overflow. α s + z/u is (σ s + z)/u.
  const at::Tensor error =
      score.mul(sigma).add(z).mul(noise.pow(0.5 * weight_power - 1.0));
  return error.square().sum(1).mul(0.5);
}

}  // namespace scoreserve
