#ifndef SCORESERVE_MODELS_NETWORKS_PERCEPTRON_H_
#define SCORESERVE_MODELS_NETWORKS_PERCEPTRON_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "models/networks/activation.h"
#include "models/networks/linear.h"
#include "models/networks/workspace.h"

namespace scoreserve {

// Those of `layers` hidden layers of `width` units between `in` and `out`.
std::vector<int64_t> PerceptronWidths(int64_t in, int64_t width, int64_t layers,
                                      int64_t out);

// Linear layers with an activation between: what several networks are made of.
class Perceptron {
 public:
  // `widths` are those of the input, the hidden layers and the output. Layers
  // draw as UniformLinear() under the numbers first_layer, first_layer + 1, ….
  Perceptron(const std::vector<int64_t>& widths, Activation activation,
             uint64_t seed, uint32_t first_layer = 0);

  // x [rows, in] → [rows, out], as ScoreNetwork::Score().
  at::Tensor Forward(const at::Tensor& x, Workspace& workspace) const;

  // Adds "layers.0.weight", "layers.0.bias", … behind `prefix`.
  void AddWeights(
      const std::string& prefix,
      std::vector<std::pair<std::string, at::Tensor>>& weights) const;

  bool smooth() const { return Smooth(activation_); }

 private:
  Activation activation_;
  std::vector<LinearWeights> layers_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_PERCEPTRON_H_
