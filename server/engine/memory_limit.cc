#include "server/engine/memory_limit.h"

#include <algorithm>
#include <fstream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "server/engine/control_groups.h"

namespace scoreserve {
namespace {

// Bytes; none where it is not a positive number ("max", −1).
double Bytes(absl::string_view text) {
  double bytes = 0.0;
  return absl::SimpleAtod(text, &bytes) && bytes > 0.0 ? bytes : kNoLimit;
}

double LimitV2(const std::string& folder) {
  return Bytes(FirstLineOf(folder + "/memory.max"));
}

double LimitV1(const std::string& folder) {
  return Bytes(FirstLineOf(folder + "/memory.limit_in_bytes"));
}

// "MemTotal:       16374904 kB"
double MachineMemory(const std::string& root) {
  std::ifstream file(root + "/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    absl::string_view rest = line;
    if (absl::ConsumePrefix(&rest, "MemTotal:") &&
        absl::ConsumeSuffix(&rest, "kB")) {
      return 1024.0 * Bytes(rest);
    }
  }
  return kNoLimit;
}

}  // namespace

double MemoryLimit(const std::string& root) {
  return std::min(MachineMemory(root),
                  LeastGroupLimit(root, "memory", LimitV2, LimitV1));
}

}  // namespace scoreserve
