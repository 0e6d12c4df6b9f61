#ifndef SCORESERVE_MODELS_QUALITY_RUN_SAMPLER_H_
#define SCORESERVE_MODELS_QUALITY_RUN_SAMPLER_H_

#include <cstdint>

#include "ATen/core/Tensor.h"
#include "models/networks/score_network.h"
#include "models/samplers/sampler.h"

namespace scoreserve {

// What rows are drawn under, as ScoreInput has it: undefined where they are not
// conditioned, or not guided.
struct SampleConditions {
  at::Tensor condition{};  // int64 [rows].
  at::Tensor guidance{};   // float32 [rows].
};

// `rows` samples, float32 [rows, dim] in model space, all steps of `plan` on
// this thread: what the server does for a request with this seed that starts
// from the sampler's own start and knows nothing of the rows, without a server.
at::Tensor RunSampler(const ScoreNetwork& network, const SamplerPlan& plan,
                      int64_t rows, uint64_t seed,
                      const SampleConditions& conditions = {});

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_QUALITY_RUN_SAMPLER_H_
