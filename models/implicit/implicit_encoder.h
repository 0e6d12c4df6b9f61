// z = f(x, ε): a distribution of z given x that can be drawn from and whose
// density nobody knows. Its entropy has a gradient nevertheless: that of −H in
// the weights of f is the gradient of
//
//   E stopgrad(s(z | x)) · z,   s = ∇_z log q(z | x),
//
// the term E ∂ log q/∂weights at fixed z being 0. Scores s of the draws come
// from a network trained on them by sliced score matching (Song, Garg, Shi and
// Ermon 2019), or from stein_estimator.h or spectral_estimator.h.

#ifndef SCORESERVE_MODELS_IMPLICIT_IMPLICIT_ENCODER_H_
#define SCORESERVE_MODELS_IMPLICIT_IMPLICIT_ENCODER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "models/networks/activation.h"
#include "models/networks/perceptron.h"
#include "models/networks/workspace.h"

namespace scoreserve {

struct ImplicitEncoderOptions {
  int64_t rows = 1;   // Numbers of x.
  int64_t noise = 1;  // Numbers of ε.
  int64_t codes = 1;  // Numbers of z.
  int64_t width = 256;
  int64_t layers = 2;  // Hidden ones.
  Activation activation = Activation::kSoftplus;
};

// A perceptron of x and ε side by side. As Perceptron, of whose layers it has
// options.layers + 1, drawn from `seed` under numbers from `first_layer`.
class ImplicitEncoder {
 public:
  explicit ImplicitEncoder(const ImplicitEncoderOptions& options, uint64_t seed,
                           uint32_t first_layer = 0);

  // x float32 [rows, options.rows], noise [rows, options.noise], standard
  // normal → [rows, options.codes]. Where gradients are recorded it is
  // differentiable in the weights and in x; elsewhere it lies in `workspace`.
  at::Tensor Encode(const at::Tensor& x, const at::Tensor& noise,
                    Workspace& workspace) const;

  // Adds "layers.0.weight", … behind `prefix`.
  void AddWeights(
      const std::string& prefix,
      std::vector<std::pair<std::string, at::Tensor>>& weights) const {
    perceptron_.AddWeights(prefix, weights);
  }

 private:
  Perceptron perceptron_;
};

// Of which the gradient in the weights that made z is that of −H, the negative
// entropy, where `scores` are z's: Σ scores · z over the last dimension,
// [rows, codes] → [rows], with scores taken for constants.
at::Tensor NegativeEntropySurrogate(const at::Tensor& scores,
                                    const at::Tensor& z);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IMPLICIT_IMPLICIT_ENCODER_H_
