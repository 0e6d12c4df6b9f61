#include "server/engine/device.h"

#include <exception>
#include <memory>

#include "server/engine/evaluate.h"

namespace scoreserve {

absl::StatusOr<std::unique_ptr<Pass>> Device::NewPass(
    const ScoreNetwork* network, int64_t max_rows, bool energies) {
  try {
    return MakePass(network, max_rows, energies);
  } catch (const std::exception& error) {
    return PassFailed(max_rows, error);
  }
}

std::unique_ptr<Device> NewDevice(at::Device device, int threads) {
  return device.is_cpu() ? NewCpuDevice(threads) : NewTorchDevice(device);
}

}  // namespace scoreserve
