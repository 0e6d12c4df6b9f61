#include "models/networks/perceptron.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace scoreserve {

std::vector<int64_t> PerceptronWidths(int64_t in, int64_t width, int64_t layers,
                                      int64_t out) {
  std::vector<int64_t> widths(static_cast<size_t>(layers + 2), width);
  widths.front() = in;
  widths.back() = out;
  return widths;
}

Perceptron::Perceptron(const std::vector<int64_t>& widths,
                       Activation activation, uint64_t seed,
                       uint32_t first_layer)
    : activation_(activation) {
  for (size_t i = 0; i + 1 < widths.size(); ++i) {
    layers_.push_back(UniformLinear(widths[i], widths[i + 1], seed,
                                    first_layer + static_cast<uint32_t>(i)));
  }
}

at::Tensor Perceptron::Forward(const at::Tensor& x,
                               Workspace& workspace) const {
  at::Tensor h = x;
  for (size_t i = 0; i < layers_.size(); ++i) {
    if (i > 0) h = workspace.Activate(activation_, h);
    h = workspace.Linear(h, layers_[i].weight, layers_[i].bias);
  }
  return h;
}

void Perceptron::AddWeights(
    const std::string& prefix,
    std::vector<std::pair<std::string, at::Tensor>>& weights) const {
  for (size_t i = 0; i < layers_.size(); ++i) {
    const std::string layer = absl::StrCat(prefix, "layers.", i);
    weights.emplace_back(layer + ".weight", layers_[i].weight);
    weights.emplace_back(layer + ".bias", layers_[i].bias);
  }
}

}  // namespace scoreserve
