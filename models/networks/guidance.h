// Classifier-free guidance (Ho and Salimans 2022).

#ifndef SCORESERVE_MODELS_NETWORKS_GUIDANCE_H_
#define SCORESERVE_MODELS_NETWORKS_GUIDANCE_H_

#include <cstdint>

#include "ATen/core/Tensor.h"
#include "models/networks/score_network.h"
#include "models/networks/workspace.h"

namespace scoreserve {

// How many evaluations of the network a row takes: two where the score is mixed
// of one with and one without the condition, that is with a condition and a
// weight other than 0 and 1.
inline int64_t EvaluationsOf(int64_t condition, float weight) {
  return condition != kNoCondition && weight != 0.0f && weight != 1.0f ? 2 : 1;
}

// The score of each row under its own condition and weight w,
//
//   s = s_uncond + w·(s_cond − s_uncond),
//
// in one forward pass of `network` over all rows, followed by a second row for
// each of those that take two. Where input.guidance is undefined every weight
// is 1. input.condition and input.guidance lie in the processor's memory,
// whatever device x is on. As ScoreNetwork::Score(), for inference.
at::Tensor GuidedScore(const ScoreNetwork& network, const ScoreInput& input,
                       Workspace& workspace);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_GUIDANCE_H_
