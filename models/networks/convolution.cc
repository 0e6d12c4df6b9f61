#include "models/networks/convolution.h"

#include <cstdint>
#include <numeric>

#include "ATen/ops/conv2d.h"
#include "ATen/ops/group_norm.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "c10/core/GradMode.h"
#include "models/networks/linear.h"

namespace scoreserve {
namespace {

constexpr int64_t kTaps = 9;

}  // namespace

Convolution Convolution::Uniform(int64_t in, int64_t out, uint64_t seed,
                                 uint32_t layer) {
  const LinearWeights flat = UniformLinear(in * kTaps, out, seed, layer);
  return {flat.weight.view({out, in, 3, 3}), flat.bias};
}

Convolution Convolution::Zero(int64_t in, int64_t out) {
  return {at::zeros({out, in, 3, 3}), at::zeros({out})};
}

at::Tensor Convolution::Forward(const at::Tensor& x, int64_t stride) const {
  return at::conv2d(x, weight_, bias_, {stride, stride}, {1, 1});
}

void Convolution::AddWeights(
    const std::string& name,
    std::vector<std::pair<std::string, at::Tensor>>& weights) const {
  weights.emplace_back(name + ".weight", weight_);
  weights.emplace_back(name + ".bias", bias_);
}

GroupNorm::GroupNorm(int64_t channels)
    : groups_(std::gcd(channels, 8)),
      weight_(at::ones({channels})),
      bias_(at::zeros({channels})) {}

at::Tensor GroupNorm::Forward(const at::Tensor& x) const {
  constexpr double kEpsilon = 1e-5;
  if (!c10::GradMode::is_enabled()) {
    return at::group_norm(x, groups_, weight_, bias_, kEpsilon);
  }
  // In its parts, which have every derivative (as Workspace::LayerNorm()).
  const at::Tensor grouped = x.reshape({x.size(0), groups_, -1});
  const at::Tensor centred = grouped.sub(grouped.mean(-1, /*keepdim=*/true));
  const at::Tensor variance = centred.square().mean(-1, /*keepdim=*/true);
  return centred.div(variance.add(kEpsilon).sqrt())
      .view(x.sizes())
      .mul(weight_.view({-1, 1, 1}))
      .add(bias_.view({-1, 1, 1}));
}

void GroupNorm::AddWeights(
    const std::string& name,
    std::vector<std::pair<std::string, at::Tensor>>& weights) const {
  weights.emplace_back(name + ".weight", weight_);
  weights.emplace_back(name + ".bias", bias_);
}

}  // namespace scoreserve
