// --devices and --device-memory.

#ifndef SCORESERVE_SERVER_DEVICE_OPTIONS_H_
#define SCORESERVE_SERVER_DEVICE_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/engine/device_memory.h"

namespace scoreserve {

// "cuda:0,cuda:1,cpu": different devices that this machine has, in that order;
// and "40GiB,40GiB,8GiB": what models may have of each, or "": what
// DefaultBudget() finds. INVALID_ARGUMENT naming the option.
absl::StatusOr<std::vector<DeviceBudget>> ParseDevices(
    const std::string& devices, const std::string& memory);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_DEVICE_OPTIONS_H_
