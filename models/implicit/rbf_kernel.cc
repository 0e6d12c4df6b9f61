#include "models/implicit/rbf_kernel.h"

#include <cstdint>
#include <tuple>

#include "ATen/ops/cdist.h"
#include "ATen/ops/median.h"
#include "ATen/ops/triu_indices.h"

namespace scoreserve {

at::Tensor MedianDistance(const at::Tensor& samples) {
  const int64_t n = samples.size(-2);
  const at::Tensor distances = at::cdist(samples, samples).flatten(-2);
  const at::Tensor pairs = at::triu_indices(n, n, /*offset=*/1);
  const at::Tensor different =
      distances.index_select(-1, pairs[0].mul(n).add(pairs[1]));
  return std::get<0>(different.median(-1)).unsqueeze(-1).unsqueeze(-1);
}

at::Tensor RbfKernel(const at::Tensor& x, const at::Tensor& y,
                     const at::Tensor& bandwidth) {
  return at::cdist(x, y).div(bandwidth).square().mul(-0.5).exp();
}

at::Tensor KernelSlopes(const at::Tensor& samples, const at::Tensor& kernel,
                        const at::Tensor& bandwidth) {
  // Σⱼ k(xᵢ, xⱼ) (xᵢ − xⱼ)/h².
  return samples.mul(kernel.sum(-1, /*keepdim=*/true))
      .sub(kernel.matmul(samples))
      .div(bandwidth.square());
}

}  // namespace scoreserve
