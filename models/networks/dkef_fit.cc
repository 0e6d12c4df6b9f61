#include "models/networks/dkef_fit.h"

#include <cstdint>
#include <numbers>

#include "ATen/ops/cat.h"
#include "ATen/ops/eye.h"
#include "ATen/ops/full.h"
#include "ATen/ops/linalg_solve.h"
#include "ATen/ops/zeros.h"

namespace scoreserve {
namespace {

// The coordinate axes as directions of each row, [rows, dim, dim].
at::Tensor Axes(const at::Tensor& x) {
  const int64_t dim = x.size(1);
  return at::eye(dim, x.options().requires_grad(false))
      .unsqueeze(0)
      .expand({x.size(0), dim, dim});
}

double Precision(const DkefKernel& kernel) {
  const double envelope = kernel.weights().envelope;
  return 1.0 / (envelope * envelope);
}

}  // namespace

DkefTerms ExactTerms(const DkefKernel& kernel, const at::Tensor& x) {
  const DkefSlopes slopes = kernel.Along(kernel.At(x), Axes(x));
  const double precision = Precision(kernel);
  return {.slopes = slopes.first,
          .slope = x.mul(-precision),
          .curvatures = slopes.second,
          .curvature =
              at::full({x.size(0)}, -precision * static_cast<double>(x.size(1)),
                       x.options().requires_grad(false))};
}

DkefTerms SlicedTerms(const DkefKernel& kernel, const at::Tensor& x,
                      const at::Tensor& v, bool variance_reduction) {
  const DkefRows rows = kernel.At(x);
  const DkefSlopes along = kernel.Along(rows, v.unsqueeze(1));
  const double precision = Precision(kernel);
  const at::Tensor curvature = v.square().sum(1).mul(-precision);
  if (variance_reduction) {
    return {.slopes = kernel.First(rows, Axes(x)),
            .slope = x.mul(-precision),
            .curvatures = along.second,
            .curvature = curvature};
  }
  return {.slopes = along.first,
          .slope = x.mul(v).sum(1, /*keepdim=*/true).mul(-precision),
          .curvatures = along.second,
          .curvature = curvature};
}

DkefTerms FdSlicedTerms(const DkefKernel& kernel, const at::Tensor& x,
                        const at::Tensor& v, double step) {
  const at::Tensor by = v.mul(step);
  const auto at = kernel.Features(at::cat({x, x.add(by), x.sub(by)})).chunk(3);
  // A difference of the envelope is its derivative: it is quadratic.
  const double precision = Precision(kernel);
  return {.slopes = at[1].sub(at[2]).mul(0.5 / step).unsqueeze(1),
          .slope = x.mul(v).sum(1, /*keepdim=*/true).mul(-precision),
          .curvatures = at[1].sub(at[0]).add(at[2].sub(at[0])).div(step * step),
          .curvature = v.square().sum(1).mul(-precision)};
}

DkefTerms DenoisingTerms(const DkefKernel& kernel, const at::Tensor& x,
                         const at::Tensor& z, double sigma) {
  const at::Tensor noised = x.add(z, sigma);
  const at::Tensor slopes = kernel.First(kernel.At(noised), Axes(noised));
  const auto plain = x.options().requires_grad(false);
  return {.slopes = slopes,
          .slope = noised.mul(-Precision(kernel)).add(z, 1.0 / sigma),
          .curvatures = at::zeros({x.size(0), slopes.size(2)}, plain),
          .curvature = at::zeros({x.size(0)}, plain)};
}

at::Tensor LossesOf(const DkefTerms& terms, const at::Tensor& alpha) {
  return terms.slopes.matmul(alpha)
      .add(terms.slope)
      .square()
      .sum(1)
      .mul(0.5)
      .add(terms.curvatures.matmul(alpha))
      .add(terms.curvature);
}

DkefQuadratic QuadraticOf(const DkefTerms& terms) {
  const auto rows = static_cast<double>(terms.slope.size(0));
  const at::Tensor slopes = terms.slopes.flatten(0, 1);
  const at::Tensor transposed = slopes.t();
  return {.gram = transposed.matmul(slopes).div(rows),
          .linear = transposed.matmul(terms.slope.flatten())
                        .add(terms.curvatures.sum(0))
                        .div(rows),
          .constant = terms.slope.square()
                          .sum()
                          .mul(0.5)
                          .add(terms.curvature.sum())
                          .div(rows)};
}

at::Tensor MeanLoss(const DkefQuadratic& quadratic, const at::Tensor& alpha) {
  return quadratic.gram.matmul(alpha)
      .mul(0.5)
      .add(quadratic.linear)
      .dot(alpha)
      .add(quadratic.constant);
}

at::Tensor FitAlpha(const DkefQuadratic& quadratic,
                    const at::Tensor& log_lambda) {
  const at::Tensor gram = quadratic.gram.to(at::kDouble);
  const at::Tensor lambda =
      log_lambda.to(at::kDouble).mul(std::numbers::ln10).exp();
  const at::Tensor ridge =
      at::eye(gram.size(0), gram.options().requires_grad(false)).mul(lambda);
  return at::linalg_solve(gram.add(ridge),
                          quadratic.linear.to(at::kDouble).neg())
      .to(quadratic.linear.scalar_type());
}

}  // namespace scoreserve
