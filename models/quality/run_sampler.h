#ifndef SCORESERVE_MODELS_QUALITY_RUN_SAMPLER_H_
#define SCORESERVE_MODELS_QUALITY_RUN_SAMPLER_H_

#include <cstdint>

#include "ATen/core/Tensor.h"
#include "models/networks/score_network.h"
#include "models/samplers/constraint.h"
#include "models/samplers/sampler.h"

namespace scoreserve {

// What a request says beside its sampler. Undefined tensors and null: nothing.
struct SamplerInputs {
  // float32 [rows, dim], in model space: where the rows start.
  at::Tensor start{};
  // Whether `start` is clean data, to be noised to the sampler's first level.
  // Requires that it has one.
  bool noise_start = false;
  // As ScoreInput's.
  at::Tensor condition{}, guidance{};
  const Constraint* constraint = nullptr;
};

// `rows` samples, float32 [rows, dim] in model space, all steps of `plan` on
// this thread: what the server does for a request with this seed, without a
// server. Requires a network with an energy where the plan has Metropolis
// tests.
at::Tensor RunSampler(const ScoreNetwork& network, const SamplerPlan& plan,
                      int64_t rows, uint64_t seed,
                      const SamplerInputs& inputs = {});

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_QUALITY_RUN_SAMPLER_H_
