#include "models/samplers/fixed_label.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/io/model_config.h"
#include "models/status.h"

namespace scoreserve {

absl::StatusOr<Level> LevelOfLabel(const OptionValues& values, double label,
                                   const SamplerTarget& target) {
  const LabelRule& rule = target.label;
  if (rule.kind == LabelKind::kNone) {
    if (!values.contains("label")) return Level{};
    return InvalidField("label",
                        "label must be absent: this network takes none");
  }
  const absl::Status checked = CheckLabel(rule, "label", label);
  if (!checked.ok()) return checked;
  if (rule.kind == LabelKind::kTime && target.process != nullptr) {
    return target.process->At(label);
  }
  return Level{.sigma = rule.kind == LabelKind::kNoiseLevel ? label : 0.0};
}

OptionValues ExampleLabel(const SamplerTarget& target) {
  if (target.label.kind == LabelKind::kNone) return {};
  return {{"label", std::clamp(0.5, target.label.min, target.label.max)}};
}

}  // namespace scoreserve
