#ifndef SCORESERVE_MODELS_NETWORKS_LINEAR_H_
#define SCORESERVE_MODELS_NETWORKS_LINEAR_H_

#include <cstdint>

#include "ATen/core/Tensor.h"

namespace scoreserve {

// The weights of x wᵀ + b, laid out as PyTorch's nn.Linear has them.
struct LinearWeights {
  at::Tensor weight;  // [out, in]
  at::Tensor bias;    // [out]
};

// Uniform on ±1/√in, PyTorch's default, from Purpose::kWeights. Layers of one
// network differ in `layer`, so that a wider one does not shift the draws of
// the next.
LinearWeights UniformLinear(int64_t in, int64_t out, uint64_t seed,
                            uint32_t layer);

// For layers that are to begin as nothing: the last of a residual branch.
LinearWeights ZeroLinear(int64_t in, int64_t out);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_LINEAR_H_
