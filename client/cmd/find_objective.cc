#include "client/cmd/find_objective.h"

#include "absl/strings/str_cat.h"
#include "client/cmd/did_you_mean.h"
#include "client/cmd/outcome.h"

namespace scoreserve::ctl {

absl::StatusOr<ObjectiveInfo> FindObjective(
    const std::vector<ObjectiveInfo>& objectives, const std::string& name) {
  std::vector<std::string> names;
  for (const ObjectiveInfo& objective : objectives) {
    if (objective.name == name) return objective;
    names.push_back(objective.name);
  }
  return UsageError(absl::StrCat("there is no objective '", name, "'",
                                 DidYouMean(name, names)));
}

}  // namespace scoreserve::ctl
