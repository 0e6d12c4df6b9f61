#ifndef SCORESERVE_CLIENT_CMD_FIND_OBJECTIVE_H_
#define SCORESERVE_CLIENT_CMD_FIND_OBJECTIVE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "scoreserve/fine_tuning.h"

namespace scoreserve::ctl {

// The objective of that name, or a usage error that names what there is.
absl::StatusOr<ObjectiveInfo> FindObjective(
    const std::vector<ObjectiveInfo>& objectives, const std::string& name);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_FIND_OBJECTIVE_H_
