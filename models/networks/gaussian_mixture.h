// The exact score of a mixture of isotropic Gaussians, which is what everything
// that is learned or sampled can be checked against:
//
//   p(x) = Σ w_k N(x; μ_k, v_k I),   s(x) = Σ r_k(x) (μ_k − x) / v_k,
//
// r = softmax(log w_k − |x − μ_k|²/2v_k − d/2 log v_k). With label NOISE_LEVEL
// σ it is the score of p convolved with N(0, σ² I): every v_k becomes v_k + σ².
// With label TIME t it is the score of α x₀ + σ ε, α and σ those of the
// config's process at t: every μ_k becomes α μ_k and every v_k becomes α² v_k +
// σ². The energy is −log of the same density, its constant included.

#ifndef SCORESERVE_MODELS_NETWORKS_GAUSSIAN_MIXTURE_H_
#define SCORESERVE_MODELS_NETWORKS_GAUSSIAN_MIXTURE_H_

#include <cstdint>

#include "models/networks/score_network.h"

namespace scoreserve {

struct GaussianMixtureOptions {
  int64_t components = 1;
};

// Arrays: `weights` [components] that sum to 1, `means` [components, dim] and
// `variances` [components], all in model space. A new one has equal weights,
// unit variances and standard normal means. Computes in double: exact to 1e-5 ·
// max(1, |s|) or better. Not trainable.
//
// "gaussian_mixture". create() refuses options out of range, and as ProcessOf()
// where the label is a time.
NetworkKind GaussianMixtureNetwork();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_GAUSSIAN_MIXTURE_H_
