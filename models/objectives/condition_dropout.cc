#include "models/objectives/condition_dropout.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/networks/score_network.h"

namespace scoreserve {

at::Tensor WithDropout(const at::Tensor& condition, double dropout,
                       const NoiseKey& first) {
  if (!condition.defined()) return condition;
  const at::Tensor kept = condition.to(at::kCPU, condition.scalar_type(),
                                       /*non_blocking=*/false, /*copy=*/true);
  int64_t* values = kept.mutable_data_ptr<int64_t>();
  std::vector<double> uniforms(static_cast<size_t>(kept.numel()));
  FillUniforms(first, Purpose::kCondition, kept.numel(), 1, uniforms.data());
  for (const double u : uniforms) {
    if (u < dropout) *values = kNoCondition;
    ++values;
  }
  return kept.to(condition.device());
}

}  // namespace scoreserve
