#include "server/engine/cpu_quota.h"

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "server/engine/control_groups.h"

namespace scoreserve {
namespace {

// Processors, of two numbers of microseconds; none where either is not a
// positive number ("max", −1).
double Ratio(absl::string_view quota, absl::string_view period) {
  double of = 0.0, per = 0.0;
  if (!absl::SimpleAtod(quota, &of) || !absl::SimpleAtod(period, &per) ||
      of <= 0.0 || per <= 0.0) {
    return kNoLimit;
  }
  return of / per;
}

double QuotaV2(const std::string& folder) {
  const std::vector<std::string> fields =
      absl::StrSplit(FirstLineOf(folder + "/cpu.max"), ' ');
  return fields.size() == 2 ? Ratio(fields[0], fields[1]) : kNoLimit;
}

double QuotaV1(const std::string& folder) {
  return Ratio(FirstLineOf(folder + "/cpu.cfs_quota_us"),
               FirstLineOf(folder + "/cpu.cfs_period_us"));
}

}  // namespace

double CpuQuota(const std::string& root) {
  const double machine = std::max(1u, std::thread::hardware_concurrency());
  return std::min(machine, LeastGroupLimit(root, "cpu", QuotaV2, QuotaV1));
}

}  // namespace scoreserve
