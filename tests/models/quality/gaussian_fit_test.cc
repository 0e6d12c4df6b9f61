#include "models/quality/gaussian_fit.h"

#include <cmath>

#include "ATen/ops/cat.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/eye.h"
#include "ATen/ops/linalg_inv.h"
#include "gtest/gtest.h"
#include "models/samplers/noise.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

at::Tensor Normals(int64_t rows, int64_t dim, uint64_t seed) {
  const at::Tensor x = at::empty({rows, dim});
  FillNormals(NoiseKey{.seed = seed}, Purpose::kUser, rows, dim,
              x.mutable_data_ptr<float>());
  return x;
}

// Correlated rows with a constant column.
at::Tensor Data() {
  at::Tensor x = Normals(500, 3, 1).matmul(Normals(3, 3, 2));
  x.select(1, 2).fill_(0.75);
  return x;
}

TEST(GaussianFitTest, DenoiserIsTheRegressionOfTheCleanOnTheNoised) {
  const at::Tensor x = Data().to(at::kDouble), centred = x.sub(x.mean(0));
  const at::Tensor s = centred.t().matmul(centred).div(500.0);
  const double level = 0.5;
  const at::Tensor gain =
      s.matmul(at::linalg_inv(s.add(at::eye(3, at::kDouble), level * level)));
  const at::Tensor noised = x.add(Normals(500, 3, 3), level);
  const at::Tensor expected =
      noised.sub(x.mean(0)).matmul(gain.t()).add(x.mean(0));
  const at::Tensor denoised = GaussianFit(Data()).Denoise(noised, level);
  EXPECT_LT(denoised.sub(expected).abs().max().item<double>(), 1e-5);
}

TEST(GaussianFitTest, DrawsHaveTheMomentsOfTheRows) {
  // The points ±√3 e_i have the moments of a standard normal exactly.
  const at::Tensor half = at::eye(3, at::kDouble).mul(std::sqrt(3.0));
  const at::Tensor draws =
      GaussianFit(Data()).Draw(at::cat({half, half.neg()})).to(at::kDouble);
  const auto covariance = [](const at::Tensor& x) {
    const at::Tensor centred = x.sub(x.mean(0));
    return centred.t().matmul(centred).div(static_cast<double>(x.size(0)));
  };
  const at::Tensor data = Data().to(at::kDouble);
  EXPECT_LT(draws.mean(0).sub(data.mean(0)).abs().max().item<double>(), 1e-5);
  EXPECT_LT(covariance(draws).sub(covariance(data)).abs().max().item<double>(),
            1e-5);
}

TEST(GaussianFitTest, ConstantColumnsStayConstant) {
  const at::Tensor draws = GaussianFit(Data()).Draw(Normals(10, 3, 6));
  EXPECT_LT(draws.select(1, 2).sub(0.75).abs().max().item<double>(), 1e-5);
}

}  // namespace
}  // namespace scoreserve
