// The plain multilayer perceptron: x → (linear, activation) × layers → linear →
// score. It knows no noise level, so it learns the score of one density: with
// no hidden layer, a Gaussian's.

#ifndef SCORESERVE_MODELS_NETWORKS_MLP_H_
#define SCORESERVE_MODELS_NETWORKS_MLP_H_

#include <cstdint>
#include <string>

#include "models/networks/score_network.h"

namespace scoreserve {

struct MlpOptions {
  int64_t width = 256;
  int64_t layers = 2;
  std::string activation = "silu";
};

// "mlp". create() refuses options out of range, or a label other than none.
NetworkKind MlpNetwork();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_MLP_H_
