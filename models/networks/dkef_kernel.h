// The kernel of a deep kernel exponential family (Wenliang, Sutherland,
// Strathmann and Gretton 2019), as Song, Garg, Shi and Ermon (2019) trained it:
//
//   log p̃(x) = Σ_m α_m k(x, z_m) − |x|² / (2 envelope²),
//   k(x, z) = Σ_j softmax(w)_j exp(−|φ_j(x) − φ_j(z)|² / (2·10^{ls_j})),
//
// with a map φ_j(x) = W₃ sp(W₂ sp(W₁ x + b₁) + b₂) + S x of each kernel, sp
// being softplus. The features k(·, z_m) are of one place x and all m at once;
// their first two derivatives along a direction are carried forward through the
// map by hand, as the first coefficients of a Taylor series, so that they are
// ordinary operations which can themselves be differentiated in the weights.

#ifndef SCORESERVE_MODELS_NETWORKS_DKEF_KERNEL_H_
#define SCORESERVE_MODELS_NETWORKS_DKEF_KERNEL_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"

namespace scoreserve {

// All of one type, float32 or float64. J kernels, M points.
struct DkefWeights {
  at::Tensor points{};          // z, [M, dim].
  at::Tensor alpha{};           // [M].
  at::Tensor kernel_weights{};  // w, [J].
  at::Tensor length_scales{};   // ls, [J]: log₁₀ of the squared lengths.
  at::Tensor w1{}, b1{};        // [J, width, dim], [J, width].
  at::Tensor w2{}, b2{};        // [J, width, width], [J, width].
  at::Tensor w3{}, skip{};      // [J, width, width], [J, width, dim].
  double envelope = 2.0;

  // The tensors by the name that they are saved under; not copies.
  std::vector<std::pair<std::string, at::Tensor>> Named() const;
};

// What maps, kernels and their derivatives share at some rows x [rows, dim].
struct DkefRows {
  at::Tensor x;
  at::Tensor a1, a2, phi;  // Before either softplus, and φ: [J, rows, width].
  at::Tensor kernels;      // softmax(w)_j exp(…), [J, rows, M].
};

// Derivatives of the features along directions v_1, …, v_P of each row.
struct DkefSlopes {
  at::Tensor first;   // v_p · ∇ₓ k(x, z_m), [rows, P, M].
  at::Tensor second;  // Σ_p v_pᵀ ∇ₓ² k(x, z_m) v_p, [rows, M].
};

// The kernel with what does not depend on x worked out. In grad mode all of it
// is differentiable in weights and in x. Immutable, thread-safe.
class DkefKernel {
 public:
  explicit DkefKernel(const DkefWeights& weights);

  DkefRows At(const at::Tensor& x) const;
  // k(x, z_m), [rows, M].
  at::Tensor Features(const at::Tensor& x) const;
  // v [rows, P, dim]. DkefSlopes::first alone costs less.
  at::Tensor First(const DkefRows& rows, const at::Tensor& v) const;
  DkefSlopes Along(const DkefRows& rows, const at::Tensor& v) const;

  const DkefWeights& weights() const { return weights_; }
  // φ_j(z), [J, M, width].
  const at::Tensor& points() const { return points_; }
  // 1 / (2·10^{ls_j}), [J, 1, 1].
  const at::Tensor& inverse_scales() const { return inverse_scales_; }

 private:
  struct Lines;

  DkefRows Map(const at::Tensor& x) const;
  Lines LinesOf(const DkefRows& rows, const at::Tensor& v) const;
  at::Tensor FirstOf(const DkefRows& rows, const Lines& lines) const;

  DkefWeights weights_;
  at::Tensor mixture_, inverse_scales_;  // [J, 1, 1].
  at::Tensor points_;
  at::Tensor points_norm_;  // |φ_j(z)|², [J, 1, M].
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_DKEF_KERNEL_H_
