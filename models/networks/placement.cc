#include "models/networks/placement.h"

#include <cstddef>
#include <cstdint>
#include <exception>

#include "ATen/Context.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "c10/core/InferenceMode.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// Keeps the tensor that the network holds and replaces what is in it.
void Move(at::Device device, const at::Tensor& tensor) {
  if (tensor.device() != device) tensor.set_data(tensor.to(device));
}

}  // namespace

absl::StatusOr<at::Device> FindDevice(absl::string_view field,
                                      absl::string_view name) {
  if (name == "cpu") return at::Device(at::kCPU);
  absl::string_view number = name;
  uint32_t index = 0;
  if (!absl::ConsumePrefix(&number, "cuda:") ||
      !absl::SimpleAtoi(number, &index)) {
    return InvalidField(field, "cpu or cuda:0, cuda:1, …",
                        absl::StrCat("'", name, "'"));
  }
  const size_t count = at::hasCUDA() ? at::getNumGPUs() : 0;
  if (index < count) {
    return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(index));
  }
  return InvalidField(field, absl::StrCat(field, ": there is no device '", name,
                                          "': LibTorch finds ", count,
                                          " CUDA devices on this machine"));
}

absl::Status MoveTo(at::Device device, const ScoreNetwork& network) {
  // What is made in inference mode could never be trained.
  const c10::InferenceMode ordinary(false);
  try {
    for (const auto& [name, weight] : network.Weights()) Move(device, weight);
    for (const at::Tensor& constant : network.Constants())
      Move(device, constant);
  } catch (const std::exception& error) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "cannot move the weights to ", device.str(), ": ", error.what()));
  }
  return absl::OkStatus();
}

at::Device DeviceOf(const ScoreNetwork& network) {
  const auto weights = network.Weights();
  return weights.empty() ? at::Device(at::kCPU) : weights[0].second.device();
}

}  // namespace scoreserve
