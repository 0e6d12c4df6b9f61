// The density of a flow of additive couplings, NICE (Dinh, Krueger and Bengio
// 2014). With the coordinates split into the even and the odd ones, each
// coupling in turn moves one half by a perceptron of the other,
//
//   x_odd ← x_odd + m₁(x_even),   x_even ← x_even + m₂(x_odd),   …,
//
// which changes no volume, and a diagonal scaling ends it: h = exp(s) ⊙ x. h is
// of independent standard logistic variables, so
//
//   E(x) = −log p(x) = Σᵢ softplus(hᵢ) + softplus(−hᵢ) − sᵢ.
//
// The density is normalised: unlike other energies, −E is the log-likelihood
// itself. Its score is −∇E (energy_network.h). It knows no noise level.

#ifndef SCORESERVE_MODELS_NETWORKS_NICE_H_
#define SCORESERVE_MODELS_NETWORKS_NICE_H_

#include <cstdint>
#include <string>

#include "models/networks/score_network.h"

namespace scoreserve {

struct NiceOptions {
  int64_t width = 256;
  int64_t layers = 2;
  int64_t couplings = 4;
  std::string activation = "softplus";
};

// "nice". create() refuses options out of range, a label other than none, or
// rows of one number, which has no other half.
NetworkKind NiceNetwork();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_NICE_H_
