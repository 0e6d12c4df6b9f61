// Where a network's numbers lie.

#ifndef SCORESERVE_MODELS_NETWORKS_PLACEMENT_H_
#define SCORESERVE_MODELS_NETWORKS_PLACEMENT_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "c10/core/Device.h"
#include "models/networks/score_network.h"

namespace scoreserve {

// "cpu", or "cuda:0" and so on. INVALID_ARGUMENT naming `field` where the name
// is neither, or this machine or this build of LibTorch has no such device.
absl::StatusOr<at::Device> FindDevice(absl::string_view field,
                                      absl::string_view name);

// Moves weights and constants of `network` to `device`, where its inputs must
// lie from then on. For whoever owns the network and has not shared it
// yet. RESOURCE_EXHAUSTED where there is no room; then it is of no use.
absl::Status MoveTo(at::Device device, const ScoreNetwork& network);

// Where its weights lie: the processor where it has none.
at::Device DeviceOf(const ScoreNetwork& network);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_PLACEMENT_H_
