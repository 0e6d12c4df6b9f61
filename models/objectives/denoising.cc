#include "models/objectives/denoising.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "ATen/ops/empty.h"
#include "ATen/ops/full.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/objectives/noise_levels.h"
#include "models/status.h"

namespace scoreserve {
namespace {

class Denoising final : public Objective {
 public:
  Denoising(const DenoisingOptions& options, const LabelRule& label)
      : options_(options) {
    if (options.noise_level == 0.0) levels_.emplace(label);
  }

  Estimand estimand() const override { return Estimand::kNoised; }

  at::Tensor Losses(const ScoreNetwork& network, const at::Tensor& x,
                    const NoiseKey& first,
                    Workspace& workspace) const override {
    const at::Tensor z = at::empty({x.size(0), x.size(1)}, at::kFloat);
    FillNormals(first, Purpose::kObjective, x.size(0), x.size(1),
                z.mutable_data_ptr<float>());
    return DenoisingLosses(network, x, Levels(x.size(0), first), z,
                           options_.weight_power, workspace);
  }

 private:
  at::Tensor Levels(int64_t rows, const NoiseKey& first) const {
    if (!levels_.has_value()) {
      return at::full({rows}, options_.noise_level, at::kDouble);
    }
    const at::Tensor levels = at::empty({rows}, at::kDouble);
    double* level = levels.mutable_data_ptr<double>();
    FillUniforms(first, Purpose::kNoiseLevel, rows, 1, level);
    for (int64_t i = 0; i < rows; ++i) level[i] = levels_->Quantile(level[i]);
    return levels;
  }

  DenoisingOptions options_;
  std::optional<NoiseLevels> levels_;  // Where they are drawn.
};

absl::Status CheckLevel(double level, const LabelRule& label) {
  switch (label.kind) {
    case LabelKind::kTime:
      return WithReason(
          absl::InvalidArgumentError("objective 'denoising' needs a network "
                                     "whose label is a noise level "
                                     "or none; it is a time"),
          Reason::kUnsuitableModel);
    case LabelKind::kNone:
      if (level > 0.0) return absl::OkStatus();
      return InvalidField("noise_level",
                          "more than 0 for a network that takes no label",
                          absl::StrCat(level));
    case LabelKind::kNoiseLevel:
      if (level == 0.0) {
        if (NoiseLevels::Meets(label)) return absl::OkStatus();
        return InvalidField(
            "noise_level",
            "given where the label's range has no level between "
            "0.0105 and 152",
            "absent");
      }
      return CheckLabel(label, "noise_level", level);
  }
  return absl::InternalError("unreachable");
}

}  // namespace

const OptionTable<DenoisingOptions>& DenoisingOptionTable() {
  using O = DenoisingOptions;
  static const auto& table = *new OptionTable<O>({
      {"noise_level", &O::noise_level, NotNegative(),
       "Standard deviation of the noise, in model space; 0 draws one for each "
       "row "
       "from the label's range."},
      {"weight_power", &O::weight_power, Between(-4.0, 8.0),
       "p of the weight noise_level^p on the squared error of the score."},
  });
  return table;
}

absl::StatusOr<std::unique_ptr<Objective>> NewDenoising(
    const OptionValues& options, const LabelRule& label) {
  absl::StatusOr<DenoisingOptions> parsed =
      DenoisingOptionTable().Parse(options);
  if (!parsed.ok()) return parsed.status();
  absl::Status checked = CheckLevel(parsed->noise_level, label);
  if (!checked.ok()) return checked;
  return std::make_unique<Denoising>(*parsed, label);
}

at::Tensor DenoisingLosses(const ScoreNetwork& network, const at::Tensor& x,
                           const at::Tensor& levels, const at::Tensor& z,
                           double weight_power, Workspace& workspace) {
  const at::Tensor sigma = levels.to(x.scalar_type()).unsqueeze(1);
  ScoreInput input = {.x = x.addcmul(sigma, z)};
  if (network.label_kind() != LabelKind::kNone) input.label = levels;
  const at::Tensor score = network.Score(input, workspace);
  // The weight is σ^p = (σ^(p/2))²: multiplied in before squaring, so that
  // small levels do not overflow.
  const at::Tensor error =
      score.mul(sigma).add(z).mul(sigma.pow(0.5 * weight_power - 1.0));
  return error.square().sum(1).mul(0.5);
}

}  // namespace scoreserve
