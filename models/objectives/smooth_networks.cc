#include "models/objectives/smooth_networks.h"

#include "models/status.h"

namespace scoreserve {

absl::Status CheckSmooth(const ScoreNetwork& network) {
  if (network.smooth()) return absl::OkStatus();
  return WithReason(
      absl::InvalidArgumentError(
          "objective must not be made of the score's derivatives for a network "
          "of ReLUs, whose second derivatives are 0 but for kinks, so that the "
          "loss has no least value; take another activation, or denoising"),
      Reason::kUnsuitableModel);
}

}  // namespace scoreserve
