#include "models/networks/dkef_kernel.h"

#include <cstdint>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/baddbmm.h"
#include "ATen/ops/bmm.h"
#include "ATen/ops/softmax.h"
#include "ATen/ops/softplus.h"

namespace scoreserve {
namespace {

// x [rows, in] for each of `kernels` weights.
at::Tensor ForEach(const at::Tensor& x, int64_t kernels) {
  return x.unsqueeze(0).expand({kernels, x.size(0), x.size(1)});
}

// x wᵀ: x [J, rows, in], w [J, out, in].
at::Tensor Times(const at::Tensor& x, const at::Tensor& w) {
  return at::bmm(x, w.transpose(1, 2));
}

at::Tensor Affine(const at::Tensor& x, const at::Tensor& w,
                  const at::Tensor& b) {
  return at::baddbmm(b.unsqueeze(1), x, w.transpose(1, 2));
}

// A row's first derivatives along its P directions, and the sum of its second
// ones over them: all later second derivatives are linear in that sum.
struct Series {
  at::Tensor first;   // [J, rows·P, width].
  at::Tensor second;  // [J, rows, width].
};

// Those of softplus(a), where those of a are known; second may be absent, for
// the 0 of what is linear in x.
Series ThroughSoftplus(const at::Tensor& a, const Series& of) {
  const int64_t kernels = a.size(0), rows = a.size(1), width = a.size(2);
  const at::Tensor slope = a.sigmoid();
  const at::Tensor bend = slope.mul(slope.neg().add(1.0));
  const at::Tensor first = of.first.view({kernels, rows, -1, width});
  at::Tensor second = bend.mul(first.square().sum(2));
  if (of.second.defined()) second = second.add(slope.mul(of.second));
  return {.first = slope.unsqueeze(2).mul(first).view_as(of.first),
          .second = second};
}

Series ThroughLinear(const Series& of, const at::Tensor& w) {
  return {.first = Times(of.first, w), .second = Times(of.second, w)};
}

}  // namespace

std::vector<std::pair<std::string, at::Tensor>> DkefWeights::Named() const {
  return {{"points", points},
          {"alpha", alpha},
          {"kernel_weights", kernel_weights},
          {"length_scales", length_scales},
          {"map.layers.0.weight", w1},
          {"map.layers.0.bias", b1},
          {"map.layers.1.weight", w2},
          {"map.layers.1.bias", b2},
          {"map.layers.2.weight", w3},
          {"map.skip.weight", skip}};
}

DkefKernel::DkefKernel(const DkefWeights& weights)
    : weights_(weights),
      mixture_(at::softmax(weights.kernel_weights, 0).view({-1, 1, 1})),
      inverse_scales_(weights.length_scales.mul(-std::numbers::ln10)
                          .exp()
                          .mul(0.5)
                          .view({-1, 1, 1})),
      points_(Map(weights.points).phi),
      points_norm_(points_.square().sum(2).unsqueeze(1)) {}

DkefRows DkefKernel::Map(const at::Tensor& x) const {
  const DkefWeights& w = weights_;
  const at::Tensor each = ForEach(x, w.w1.size(0));
  const at::Tensor a1 = Affine(each, w.w1, w.b1);
  const at::Tensor a2 = Affine(at::softplus(a1), w.w2, w.b2);
  const at::Tensor phi = Times(at::softplus(a2), w.w3).add(Times(each, w.skip));
  return {.x = x, .a1 = a1, .a2 = a2, .phi = phi, .kernels = {}};
}

DkefRows DkefKernel::At(const at::Tensor& x) const {
  DkefRows rows = Map(x);
  const at::Tensor norm = rows.phi.square().sum(2, /*keepdim=*/true);
  const at::Tensor squares = at::baddbmm(norm.add(points_norm_), rows.phi,
                                         points_.transpose(1, 2), 1, -2);
  rows.kernels = squares.mul(inverse_scales_).neg().exp().mul(mixture_);
  return rows;
}

at::Tensor DkefKernel::Features(const at::Tensor& x) const {
  return At(x).kernels.sum(0);
}

// With δ = φ(x) − φ(z) and r² = |δ|²: r²' = 2 δ·φ', r²'' = 2 |φ'|² + 2 δ·φ'',
// k' = −c k r²' and k'' = k (c² r²'² − c r²'').
DkefSlopes DkefKernel::Along(const DkefRows& rows, const at::Tensor& v) const {
  const DkefWeights& w = weights_;
  const int64_t kernels = w.w1.size(0), count = v.size(0), lines = v.size(1);
  const at::Tensor each = ForEach(v.reshape({count * lines, -1}), kernels);
  Series map =
      ThroughSoftplus(rows.a1, {.first = Times(each, w.w1), .second = {}});
  map = ThroughSoftplus(rows.a2, ThroughLinear(map, w.w2));
  map = ThroughLinear(map, w.w3);
  const at::Tensor first = map.first.add(Times(each, w.skip));

  const at::Tensor by_line = first.view({kernels, count, lines, -1});
  const at::Tensor along_phi = by_line.mul(rows.phi.unsqueeze(2)).sum(3);
  const at::Tensor slope =
      at::baddbmm(along_phi.view({kernels, count * lines, 1}), first,
                  points_.transpose(1, 2), 1, -1)
          .view({kernels, count, lines, -1});
  const at::Tensor bend =
      at::baddbmm(map.second.mul(rows.phi).sum(2, /*keepdim=*/true), map.second,
                  points_.transpose(1, 2), 1, -1)
          .add(by_line.square().sum({2, 3}).unsqueeze(2));
  const at::Tensor twice = inverse_scales_.mul(2.0);
  const at::Tensor weighed = rows.kernels.mul(twice);
  return {
      .first = weighed.unsqueeze(2).mul(slope).sum(0).neg(),
      .second = weighed.mul(twice.mul(slope.square().sum(2)).sub(bend)).sum(0)};
}

}  // namespace scoreserve
