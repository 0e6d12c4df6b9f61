#include "server/engine/control_groups.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace scoreserve {
namespace {

// The least of `group` and those above it. A container often sees its own group
// as the top, whatever it is called outside.
double LeastUpwards(const std::string& hierarchy, std::string group,
                    GroupLimit limit) {
  double least = limit(hierarchy);
  while (group.size() > 1) {
    least = std::min(least, limit(hierarchy + group));
    group.resize(group.find_last_of('/'));
  }
  return least;
}

}  // namespace

std::string FirstLineOf(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

double LeastGroupLimit(const std::string& root, absl::string_view controller,
                       GroupLimit version_2, GroupLimit version_1) {
  double least = kNoLimit;
  std::ifstream groups(root + "/proc/self/cgroup");
  const std::string top = root + "/sys/fs/cgroup";
  // hierarchy-ID:controllers:/path
  for (std::string line; std::getline(groups, line);) {
    const std::vector<std::string> fields =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() != 3 || !absl::StartsWith(fields[2], "/")) continue;
    if (fields[1].empty()) {
      least = std::min(least, LeastUpwards(top, fields[2], version_2));
      continue;
    }
    const std::vector<std::string> controllers = absl::StrSplit(fields[1], ',');
    if (std::find(controllers.begin(), controllers.end(), controller) ==
        controllers.end()) {
      continue;
    }
    for (const std::string& name : {fields[1], std::string(controller)}) {
      least = std::min(least, LeastUpwards(absl::StrCat(top, "/", name),
                                           fields[2], version_1));
    }
  }
  return least;
}

}  // namespace scoreserve
