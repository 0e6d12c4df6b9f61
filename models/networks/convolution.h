// Layers of networks of images, [rows, channels, height, width].

#ifndef SCORESERVE_MODELS_NETWORKS_CONVOLUTION_H_
#define SCORESERVE_MODELS_NETWORKS_CONVOLUTION_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"

namespace scoreserve {

// 3 × 3, with zeros around the image.
class Convolution {
 public:
  // Uniform on ±1/√(9 in), PyTorch's default, as UniformLinear() under `layer`.
  static Convolution Uniform(int64_t in, int64_t out, uint64_t seed,
                             uint32_t layer);
  // For layers that are to begin as nothing.
  static Convolution Zero(int64_t in, int64_t out);

  // The same height and width, or, with a stride of 2, half of them.
  at::Tensor Forward(const at::Tensor& x, int64_t stride = 1) const;

  // Adds "NAME.weight" [out, in, 3, 3] and "NAME.bias" [out].
  void AddWeights(
      const std::string& name,
      std::vector<std::pair<std::string, at::Tensor>>& weights) const;

 private:
  Convolution(at::Tensor weight, at::Tensor bias)
      : weight_(std::move(weight)), bias_(std::move(bias)) {}

  at::Tensor weight_, bias_;
};

// Group normalisation (Wu and He 2018) in as many groups, up to eight, as share
// the channels evenly: to mean 0 and variance 1 over a row's group, then a
// weight and a bias a channel.
class GroupNorm {
 public:
  explicit GroupNorm(int64_t channels);

  at::Tensor Forward(const at::Tensor& x) const;

  // Adds "NAME.weight" and "NAME.bias", [channels].
  void AddWeights(
      const std::string& name,
      std::vector<std::pair<std::string, at::Tensor>>& weights) const;

 private:
  int64_t groups_;
  at::Tensor weight_, bias_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_CONVOLUTION_H_
