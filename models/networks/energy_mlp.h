// The energy of a multilayer perceptron f under an envelope,
//
//   E(x) = |x|² / (2 envelope²) + f(x),
//
// which keeps exp(−E) integrable, since f grows no faster than |x|. Its score
// is −∇E (energy_network.h). It knows no noise level.

#ifndef SCORESERVE_MODELS_NETWORKS_ENERGY_MLP_H_
#define SCORESERVE_MODELS_NETWORKS_ENERGY_MLP_H_

#include <cstdint>
#include <string>

#include "models/networks/score_network.h"

namespace scoreserve {

struct EnergyMlpOptions {
  int64_t width = 256;
  int64_t layers = 2;
  std::string activation = "softplus";
  double envelope = 2.0;
};

// "energy_mlp". create() refuses options out of range, or a label other than
// none.
NetworkKind EnergyMlpNetwork();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_ENERGY_MLP_H_
