#ifndef SCORESERVE_MODELS_OBJECTIVES_SMOOTH_NETWORKS_H_
#define SCORESERVE_MODELS_OBJECTIVES_SMOOTH_NETWORKS_H_

#include "absl/status/status.h"
#include "models/networks/score_network.h"

namespace scoreserve {

// For objectives that are made of the score's derivatives: INVALID_ARGUMENT,
// UNSUITABLE_MODEL, where these say nothing (ScoreNetwork::smooth()).
absl::Status CheckSmooth(const ScoreNetwork& network);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_SMOOTH_NETWORKS_H_
