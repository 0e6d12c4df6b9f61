#include "models/networks/linear.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ATen/ops/zeros.h"
#include "models/samplers/noise.h"

namespace scoreserve {

LinearWeights UniformLinear(int64_t in, int64_t out, uint64_t seed,
                            uint32_t layer) {
  LinearWeights linear = ZeroLinear(in, out);
  // One row an output: its weights, then its bias.
  std::vector<double> uniforms(static_cast<size_t>(out * (in + 1)));
  FillUniforms({.seed = seed, .step = layer, .row = 0}, Purpose::kWeights, out,
               in + 1, uniforms.data());
  const double bound = 1.0 / std::sqrt(static_cast<double>(in));
  float* weight = linear.weight.mutable_data_ptr<float>();
  float* bias = linear.bias.mutable_data_ptr<float>();
  const double* u = uniforms.data();
  for (int64_t o = 0; o < out; ++o) {
    for (int64_t i = 0; i < in; ++i) {
      *weight++ = static_cast<float>(bound * (2.0 * *u++ - 1.0));
    }
    *bias++ = static_cast<float>(bound * (2.0 * *u++ - 1.0));
  }
  return linear;
}

LinearWeights ZeroLinear(int64_t in, int64_t out) {
  return {.weight = at::zeros({out, in}), .bias = at::zeros({out})};
}

}  // namespace scoreserve
