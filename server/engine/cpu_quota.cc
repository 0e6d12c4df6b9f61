#include "server/engine/cpu_quota.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace scoreserve {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// Processors, of two numbers of microseconds; none where either is not a
// positive number ("max", −1).
double Ratio(absl::string_view quota, absl::string_view period) {
  double of = 0.0, per = 0.0;
  if (!absl::SimpleAtod(quota, &of) || !absl::SimpleAtod(period, &per) ||
      of <= 0.0 || per <= 0.0) {
    return kNone;
  }
  return of / per;
}

double QuotaV2(const std::string& folder) {
  const std::vector<std::string> fields =
      absl::StrSplit(FirstLine(folder + "/cpu.max"), ' ');
  return fields.size() == 2 ? Ratio(fields[0], fields[1]) : kNone;
}

double QuotaV1(const std::string& folder) {
  return Ratio(FirstLine(folder + "/cpu.cfs_quota_us"),
               FirstLine(folder + "/cpu.cfs_period_us"));
}

// The least of `group` and those above it. A container often sees its own group
// as the top, whatever it is called outside.
double LeastUpwards(const std::string& hierarchy, std::string group,
                    double (*quota)(const std::string&)) {
  double least = quota(hierarchy);
  while (group.size() > 1) {
    least = std::min(least, quota(hierarchy + group));
    group.resize(group.find_last_of('/'));
  }
  return least;
}

}  // namespace

double CpuQuota(const std::string& root) {
  double least = std::max(1u, std::thread::hardware_concurrency());
  std::ifstream groups(root + "/proc/self/cgroup");
  const std::string top = root + "/sys/fs/cgroup";
  // hierarchy-ID:controllers:/path
  for (std::string line; std::getline(groups, line);) {
    const std::vector<std::string> fields =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() != 3 || !absl::StartsWith(fields[2], "/")) continue;
    if (fields[1].empty()) {
      least = std::min(least, LeastUpwards(top, fields[2], QuotaV2));
      continue;
    }
    const std::vector<std::string> controllers = absl::StrSplit(fields[1], ',');
    if (std::find(controllers.begin(), controllers.end(), "cpu") ==
        controllers.end()) {
      continue;
    }
    for (const std::string& name : {fields[1], std::string("cpu")}) {
      least = std::min(least, LeastUpwards(absl::StrCat(top, "/", name),
                                           fields[2], QuotaV1));
    }
  }
  return least;
}

}  // namespace scoreserve
