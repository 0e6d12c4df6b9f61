#include "models/experiments/wine_curvature.h"

#include <cstdint>
#include <vector>

#include "ATen/ops/bmm.h"

namespace scoreserve {
namespace {

// A gradient and two factors on their way back: [J, rows, …] each.
struct Signals {
  at::Tensor gradient, s, t;
};

// |m|^½, with a derivative at 0 too.
at::Tensor Root(const at::Tensor& m) { return m.abs().add(1e-12).sqrt(); }

// Σ_m weight_m (φ(x) − φ(z_m)): weight [J, rows, M].
at::Tensor Differences(const DkefKernel& kernel, const DkefRows& rows,
                       const at::Tensor& weight) {
  return rows.phi.mul(weight.sum(2, /*keepdim=*/true))
      .sub(at::bmm(weight, kernel.points()));
}

// At φ, of Σ_m u_m with u_m = α_m k_m, whose second derivatives there are
// Σ_m u_m (4c² δ_m δ_mᵀ − 2c I).
Signals AtMap(const DkefKernel& kernel, const DkefRows& rows,
              const at::Tensor& alpha, const at::Tensor& point_signs,
              const at::Tensor& unit_signs) {
  const at::Tensor twice = kernel.inverse_scales().mul(2.0);
  const at::Tensor u = rows.kernels.mul(alpha);
  const at::Tensor along = Root(u).mul(twice).mul(point_signs);
  const at::Tensor common = u.sum(2, /*keepdim=*/true).mul(twice);
  const at::Tensor even = Root(common).mul(unit_signs);
  return {.gradient = Differences(kernel, rows, u).mul(twice).neg(),
          .s = Differences(kernel, rows, along).add(even),
          .t = Differences(kernel, rows, along.mul(u.sign()))
                   .sub(even.mul(common.sign()))};
}

Signals ThroughLinear(const Signals& of, const at::Tensor& w) {
  return {.gradient = at::bmm(of.gradient, w),
          .s = at::bmm(of.s, w),
          .t = at::bmm(of.t, w)};
}

// From behind softplus to its argument a.
Signals ThroughSoftplus(const Signals& of, const at::Tensor& a,
                        const at::Tensor& signs) {
  const at::Tensor slope = a.sigmoid();
  const at::Tensor bend = slope.mul(slope.neg().add(1.0)).mul(of.gradient);
  const at::Tensor fresh = Root(bend).mul(signs);
  return {.gradient = of.gradient.mul(slope),
          .s = of.s.mul(slope).add(fresh),
          .t = of.t.mul(slope).add(fresh.mul(bend.sign()))};
}

}  // namespace

int64_t CurvatureDraws(const DkefKernel& kernel) {
  const auto& w1 = kernel.weights().w1;
  return w1.size(0) * (kernel.weights().points.size(0) + 3 * w1.size(1));
}

PropagatedCurvature PropagateCurvature(const DkefKernel& kernel,
                                       const at::Tensor& x,
                                       const at::Tensor& alpha,
                                       const at::Tensor& signs) {
  const DkefWeights& w = kernel.weights();
  const int64_t kernels = w.w1.size(0), width = w.w1.size(1);
  const std::vector<at::Tensor> v =
      signs.view({x.size(0), kernels, -1})
          .transpose(0, 1)
          .split_with_sizes({w.points.size(0), width, width, width}, 2);
  const DkefRows rows = kernel.At(x);
  const Signals map = AtMap(kernel, rows, alpha, v[0], v[1]);
  Signals back = ThroughSoftplus(ThroughLinear(map, w.w3), rows.a2, v[2]);
  back = ThroughSoftplus(ThroughLinear(back, w.w2), rows.a1, v[3]);
  const Signals layers = ThroughLinear(back, w.w1);
  const Signals skipped = ThroughLinear(map, w.skip);
  const double precision = 1.0 / (w.envelope * w.envelope);
  return {.gradient =
              layers.gradient.add(skipped.gradient).sum(0).sub(x, precision),
          .trace = layers.s.add(skipped.s)
                       .sum(0)
                       .mul(layers.t.add(skipped.t).sum(0))
                       .sum(1)
                       .sub(precision * static_cast<double>(x.size(1)))};
}

}  // namespace scoreserve
