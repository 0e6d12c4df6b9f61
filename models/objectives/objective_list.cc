#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/objectives/objective.h"
#include "models/status.h"

namespace scoreserve {

#define OBJECTIVE(New) ObjectiveKind New();
#include "models/objectives/objective_list.inc"
#undef OBJECTIVE

const std::vector<ObjectiveKind>& ObjectiveKinds() {
  static const auto& kinds = *new std::vector<ObjectiveKind>({
#define OBJECTIVE(New) New(),
#include "models/objectives/objective_list.inc"
#undef OBJECTIVE
  });
  return kinds;
}

absl::StatusOr<std::unique_ptr<Objective>> NewObjective(
    absl::string_view name, const OptionValues& options,
    const ModelConfig& config) {
  std::vector<std::string> names;
  for (const ObjectiveKind& kind : ObjectiveKinds()) {
    if (kind.name == name) return kind.create(options, config);
    names.push_back(kind.name);
  }
  return InvalidField(
      "objective", absl::StrCat("there is no objective '", name,
                                "'; there are: ", absl::StrJoin(names, ", ")));
}

}  // namespace scoreserve
