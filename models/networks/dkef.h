// The deep kernel exponential family as a network: the energy −log p̃ of
// dkef_kernel.h, whose score is its gradient (energy_network.h). It knows no
// noise level. Trained as any other all its weights move alike; dkef_fit.h has
// the closed form of α.

#ifndef SCORESERVE_MODELS_NETWORKS_DKEF_H_
#define SCORESERVE_MODELS_NETWORKS_DKEF_H_

#include <cstdint>
#include <memory>

#include "models/networks/dkef_kernel.h"
#include "models/networks/score_network.h"

namespace scoreserve {

struct DkefOptions {
  int64_t points = 200;
  int64_t kernels = 3;
  int64_t width = 30;
  double envelope = 2.0;
};

// "dkef". create() refuses options out of range, or a label other than none.
NetworkKind DkefNetwork();

// Fresh weights: points drawn as rows of unit variance are, log₁₀ of squared
// length scales evenly from 0 to 1, α = 0.
DkefWeights FreshDkefWeights(const DkefOptions& options, int64_t dim,
                             uint64_t seed);

// The network of these tensors themselves, in their type.
std::unique_ptr<ScoreNetwork> DkefOf(const DkefWeights& weights);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_DKEF_H_
