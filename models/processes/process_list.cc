#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/processes/noise_process.h"
#include "models/processes/rve.h"
#include "models/processes/subvp.h"
#include "models/processes/ve.h"
#include "models/processes/vp.h"
#include "models/status.h"

namespace scoreserve {

const std::vector<ProcessKind>& ProcessKinds() {
  // A new process is one line here, by name.
  static const auto& kinds = *new std::vector<ProcessKind>{
      {"rve", "Reciprocal variance-exploding (Kim et al. 2022).",
       RveOptionTable().Describe(), NewRve},
      {"subvp", "Sub-variance-preserving (Song et al. 2021).",
       VpOptionTable().Describe(), NewSubVp},
      {"ve", "Variance-exploding (Song et al. 2021).",
       VeOptionTable().Describe(), NewVe},
      {"vp", "Variance-preserving (Song et al. 2021).",
       VpOptionTable().Describe(), NewVp},
  };
  return kinds;
}

absl::StatusOr<std::shared_ptr<const NoiseProcess>> NewProcess(
    const ProcessConfig& config) {
  std::vector<std::string> names;
  for (const ProcessKind& kind : ProcessKinds()) {
    if (kind.name == config.name) {
      auto process = kind.create(config.options);
      if (!process.ok()) return InField("process_options", process.status());
      return process;
    }
    names.push_back(kind.name);
  }
  return InvalidField(
      "process", absl::StrCat("there is no process '", config.name,
                              "'; there are: ", absl::StrJoin(names, ", ")));
}

absl::StatusOr<std::shared_ptr<const NoiseProcess>> ProcessOf(
    const ModelConfig& config) {
  switch (config.label.kind) {
    case LabelKind::kNone:
      return nullptr;
    case LabelKind::kTime: {
      if (!config.process.has_value()) {
        return InvalidField("process", "given where the label is a time",
                            "absent");
      }
      if (config.label.max > NoiseProcess::kEnd) {
        return InvalidField("label.max", "at most 1, where processes end",
                            absl::StrCat(config.label.max));
      }
      return NewProcess(*config.process);
    }
    case LabelKind::kNoiseLevel: {
      const double max = config.label.max;
      const double min = std::max(config.label.min, 1e-5 * max);
      if (!(min < max)) return nullptr;  // One level is no process.
      return NewVe(VeOptions{.sigma_min = min, .sigma_max = max});
    }
  }
  return nullptr;
}

}  // namespace scoreserve
