#ifndef SCORESERVE_SERVER_ENGINE_CONTROL_GROUPS_H_
#define SCORESERVE_SERVER_ENGINE_CONTROL_GROUPS_H_

#include <limits>
#include <string>

#include "absl/strings/string_view.h"

namespace scoreserve {

inline constexpr double kNoLimit = std::numeric_limits<double>::infinity();

// Reads a limit out of the folder of one control group; kNoLimit where there is
// none, or none that can be read.
using GroupLimit = double (*)(const std::string& folder);

// The least limit of this process's control group and the groups above it:
// `version_2`, and `version_1` of the hierarchy that has `controller`. `root`
// is where /proc and /sys are looked for.
double LeastGroupLimit(const std::string& root, absl::string_view controller,
                       GroupLimit version_2, GroupLimit version_1);

// The first line of a file; empty where there is none.
std::string FirstLineOf(const std::string& path);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_CONTROL_GROUPS_H_
