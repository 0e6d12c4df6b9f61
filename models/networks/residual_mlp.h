// A residual perceptron of x and the noise level u, preconditioned as EDM does
// (Karras, Aittala, Aila, Laine 2022, table 1) for data of unit variance:
//
//   D(x, u) = c_skip x + c_out F(c_in x, u),   s(x, u) = (D − x) / u²,
//   c_skip = 1/(1 + u²),  c_out = u/√(1 + u²),  c_in = 1/√(1 + u²).
//
// Where the label is a noise level, u is it. Where it is a time t of a process,
// x = αx₀ + σε, the noise of x/α is u = σ/α and the score s(x/α, u)/α.
//
// F is a linear layer, `blocks` times h ← h + W₂ silu(W₁ LN(h) + E e), and a
// linear layer of LN(h). e = silu(linear([cos, sin](f ln u / 4))) with sixteen
// frequencies f from 0.16 to 16, geometric; a network of classes adds a vector
// of the row's class, or one more for none. W₂ and the last layer begin at
// zero, so a fresh network is the best linear denoiser of white data.

#ifndef SCORESERVE_MODELS_NETWORKS_RESIDUAL_MLP_H_
#define SCORESERVE_MODELS_NETWORKS_RESIDUAL_MLP_H_

#include <cstdint>

#include "models/networks/score_network.h"

namespace scoreserve {

struct ResidualMlpOptions {
  int64_t width = 256;
  int64_t blocks = 3;
};

// "residual_mlp". create() refuses options out of range, as ProcessOf(), or for
// a label that is none or takes no noise at all.
NetworkKind ResidualMlpNetwork();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_RESIDUAL_MLP_H_
