// A residual perceptron of x and the noise level or time, preconditioned as
// preconditioning.h says. F is a linear layer, `blocks` times h ← h + W₂
// silu(W₁ LN(h) + E e), and a linear layer of LN(h), where e is the embedding
// of the noise and of the class. W₂ and the last layer begin at zero, so a
// fresh network is the best linear denoiser of white data.

#ifndef SCORESERVE_MODELS_NETWORKS_RESIDUAL_MLP_H_
#define SCORESERVE_MODELS_NETWORKS_RESIDUAL_MLP_H_

#include <cstdint>

#include "models/networks/score_network.h"

namespace scoreserve {

struct ResidualMlpOptions {
  int64_t width = 256;
  int64_t blocks = 3;
};

// "residual_mlp". create() refuses options out of range, or as
// Preconditioning::New().
NetworkKind ResidualMlpNetwork();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_RESIDUAL_MLP_H_
