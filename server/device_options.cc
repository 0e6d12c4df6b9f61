#include "server/device_options.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "models/byte_size.h"
#include "models/networks/placement.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr char kDevices[] = "--devices", kMemory[] = "--device-memory";

}  // namespace

absl::StatusOr<std::vector<DeviceBudget>> ParseDevices(
    const std::string& devices, const std::string& memory) {
  const std::vector<std::string> names = absl::StrSplit(devices, ',');
  std::vector<at::Device> found;
  for (const std::string& name : names) {
    const absl::StatusOr<at::Device> device = FindDevice(kDevices, name);
    if (!device.ok()) return device.status();
    if (std::find(found.begin(), found.end(), *device) != found.end()) {
      return InvalidField(kDevices, "different devices",
                          absl::StrCat("'", devices, "'"));
    }
    found.push_back(*device);
  }
  std::vector<DeviceBudget> budgets;
  if (memory.empty()) {
    for (const at::Device device : found)
      budgets.push_back(DefaultBudget(device));
    return budgets;
  }
  const std::vector<std::string> sizes = absl::StrSplit(memory, ',');
  if (sizes.size() != found.size()) {
    return InvalidField(
        kMemory,
        absl::StrCat("one size for each of --devices, which are ",
                     found.size()),
        absl::StrCat("'", memory, "'"));
  }
  for (size_t i = 0; i < sizes.size(); ++i) {
    const absl::StatusOr<int64_t> bytes = ParseByteSize(kMemory, sizes[i]);
    if (!bytes.ok()) return bytes.status();
    budgets.push_back({.device = found[i], .bytes = *bytes});
  }
  return budgets;
}

}  // namespace scoreserve
