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

// Along each row's lines v: φ' and the sum of φ''; δ·φ', δ being φ(x) − φ(z).
struct DkefKernel::Lines {
  Series map;
  at::Tensor slope;  // [J, rows, P, M].
};

DkefKernel::Lines DkefKernel::LinesOf(const DkefRows& rows,
                                      const at::Tensor& v) const {
  const DkefWeights& w = weights_;
  const int64_t kernels = w.w1.size(0), count = v.size(0), lines = v.size(1);
  const at::Tensor each = ForEach(v.reshape({count * lines, -1}), kernels);
  Series map =
      ThroughSoftplus(rows.a1, {.first = Times(each, w.w1), .second = {}});
  map = ThroughSoftplus(rows.a2, ThroughLinear(map, w.w2));
  map = ThroughLinear(map, w.w3);
  map.first = map.first.add(Times(each, w.skip));
  const at::Tensor along_phi = map.first.view({kernels, count, lines, -1})
                                   .mul(rows.phi.unsqueeze(2))
                                   .sum(3);
  return {.map = map,
          .slope = at::baddbmm(along_phi.view({kernels, count * lines, 1}),
                               map.first, points_.transpose(1, 2), 1, -1)
                       .view({kernels, count, lines, -1})};
}

// k' = −2c k δ·φ'.
at::Tensor DkefKernel::FirstOf(const DkefRows& rows, const Lines& lines) const {
  return rows.kernels.mul(inverse_scales_.mul(-2.0))
      .unsqueeze(2)
      .mul(lines.slope)
      .sum(0);
}

at::Tensor DkefKernel::First(const DkefRows& rows, const at::Tensor& v) const {
  return FirstOf(rows, LinesOf(rows, v));
}

// k'' = 2c k (2c (δ·φ')² − |φ'|² − δ·φ'').
DkefSlopes DkefKernel::Along(const DkefRows& rows, const at::Tensor& v) const {
  const Lines lines = LinesOf(rows, v);
  const at::Tensor& second = lines.map.second;
  const at::Tensor squares = lines.map.first.square()
                                 .view({second.size(0), v.size(0), -1})
                                 .sum(2, /*keepdim=*/true);
  const at::Tensor bend =
      at::baddbmm(second.mul(rows.phi).sum(2, /*keepdim=*/true).add(squares),
                  second, points_.transpose(1, 2), 1, -1);
  const at::Tensor twice = inverse_scales_.mul(2.0);
  return {.first = FirstOf(rows, lines),
          .second = lines.slope.square()
                        .sum(2)
                        .mul(twice)
                        .sub(bend)
                        .mul(rows.kernels.mul(twice))
                        .sum(0)};
}

}  // namespace scoreserve
