#include "models/implicit/implicit_encoder.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ATen/ops/cat.h"

namespace scoreserve {
namespace {

std::vector<int64_t> Widths(const ImplicitEncoderOptions& options) {
  std::vector<int64_t> widths(static_cast<size_t>(options.layers + 2),
                              options.width);
  widths.front() = options.rows + options.noise;
  widths.back() = options.codes;
  return widths;
}

}  // namespace

ImplicitEncoder::ImplicitEncoder(const ImplicitEncoderOptions& options,
                                 uint64_t seed, uint32_t first_layer)
    : perceptron_(Widths(options), options.activation, seed, first_layer) {}

at::Tensor ImplicitEncoder::Encode(const at::Tensor& x, const at::Tensor& noise,
                                   Workspace& workspace) const {
  workspace.Begin();
  return perceptron_.Forward(at::cat({x, noise}, 1), workspace);
}

at::Tensor NegativeEntropySurrogate(const at::Tensor& scores,
                                    const at::Tensor& z) {
  return scores.detach().mul(z).sum(-1);
}

}  // namespace scoreserve
