// Both estimators of scores from samples, held to a density whose score is
// known and to what they are by definition.

#include <cmath>
#include <cstdint>

#include "ATen/ops/linalg_eigh.h"
#include "ATen/ops/stack.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros_like.h"
#include "gtest/gtest.h"
#include "models/implicit/rbf_kernel.h"
#include "models/implicit/spectral_estimator.h"
#include "models/implicit/stein_estimator.h"
#include "tests/models/networks/network_testing.h"
#include "torch/csrc/autograd/autograd.h"

namespace scoreserve {
namespace {

double Largest(const at::Tensor& x) { return x.abs().max().item<double>(); }

// |estimate − truth|² over |truth|², sums over all rows.
double RelativeError(const at::Tensor& estimate, const at::Tensor& truth) {
  return estimate.sub(truth).square().sum().item<double>() /
         truth.square().sum().item<double>();
}

TEST(RbfKernelTest, SlopesAreTheSumsOfTheKernelsGradients) {
  const at::Tensor x = Normals(6, 3, 1).to(at::kDouble);
  const at::Tensor h = MedianDistance(x);
  const at::Tensor slopes = KernelSlopes(x, RbfKernel(x, x, h), h);
  const at::Tensor y = x.clone().requires_grad_(true);
  for (int64_t i = 0; i < 6; ++i) {
    const at::Tensor slope = torch::autograd::grad(
        {RbfKernel(x.narrow(0, i, 1), y, h).sum()}, {y})[0];
    EXPECT_LT(Largest(slope.sum(0).sub(slopes[i])), 1e-12);
  }
}

TEST(RbfKernelTest, BandwidthIsTheMedianOverDifferentSamples) {
  // Distances 1, 2, 4, 3, 6, 7 and no zeros: of an even number the lower.
  const at::Tensor x =
      at::tensor({0.0, 1.0, 4.0, -3.0}, at::kDouble).unsqueeze(1);
  EXPECT_EQ(MedianDistance(x).item<double>(), 3.0);
}

// s = −x. The error has to be a fifth of the score, in the mean of squares, of
// which it would be all for an estimate of 0; and to fall with more samples.
TEST(EstimatorsTest, ScoresOfANormalAreFoundFromItsSamples) {
  for (const auto scores_at :
       {+[](const at::Tensor& x) { return SteinScores(x); },
        +[](const at::Tensor& x) { return SpectralEstimator(x).Score(x); }}) {
    const at::Tensor few = Normals(50, 2, 1), many = Normals(500, 2, 2);
    const double of_many = RelativeError(scores_at(many), many.neg());
    EXPECT_LT(of_many, 0.2);
    EXPECT_LT(of_many, RelativeError(scores_at(few), few.neg()));
  }
}

TEST(EstimatorsTest, SpectralScoresAreThoseOfRowsThatItHasNotSeen) {
  const SpectralEstimator estimator(Normals(500, 2, 2));
  const at::Tensor x = Normals(400, 2, 9);
  EXPECT_LT(RelativeError(estimator.Score(x), x.neg()), 0.2);
}

// By definition, one eigenfunction after another, with gradients by automatic
// differentiation.
TEST(EstimatorsTest, SpectralScoresAreTheSeriesInEigenfunctions) {
  const int64_t n = 7;
  const at::Tensor x = Normals(n, 2, 3).to(at::kDouble);
  const at::Tensor h = MedianDistance(x);
  const auto [values, vectors] = at::linalg_eigh(RbfKernel(x, x, h));
  const at::Tensor others = Normals(4, 2, 4).to(at::kDouble);
  at::Tensor series = at::zeros_like(others);
  for (int64_t j = n - 3; j < n; ++j) {
    const auto psi = [&](const at::Tensor& y) {
      return RbfKernel(y, x, h)
          .matmul(vectors.select(1, j))
          .mul(std::sqrt(static_cast<double>(n)) / values[j].item<double>());
    };
    const at::Tensor y = x.clone().requires_grad_(true);
    const at::Tensor beta =
        torch::autograd::grad({psi(y).sum()}, {y})[0].mean(0).neg();
    series.add_(psi(others).unsqueeze(1).mul(beta));
  }
  // A share that two eigenvalues do not reach and three do.
  const double share = (values.narrow(0, n - 2, 2).sum().item<double>() +
                        0.5 * values[n - 3].item<double>()) /
                       n;
  const at::Tensor got = SpectralEstimator(x, {.share = share}).Score(others);
  EXPECT_LT(Largest(got.sub(series)), 1e-10);
}

TEST(EstimatorsTest, SteinScoresSolveSteinsIdentityWithARidge) {
  const at::Tensor x = Normals(9, 3, 5).to(at::kDouble);
  const at::Tensor h = MedianDistance(x), kernel = RbfKernel(x, x, h);
  const at::Tensor scores = SteinScores(x, {.ridge = 0.2});
  const at::Tensor left =
      kernel.matmul(scores).add(scores, 0.2).add(KernelSlopes(x, kernel, h));
  EXPECT_LT(Largest(left), 1e-12);
}

TEST(EstimatorsTest, GroupsAreEstimatedEachOnItsOwn) {
  const at::Tensor a = Normals(20, 3, 6), b = Normals(20, 3, 7).mul(5.0);
  const at::Tensor both = at::stack({a, b});
  const at::Tensor stein = SteinScores(both);
  EXPECT_LT(Largest(stein[0].sub(SteinScores(a))), 1e-6);
  EXPECT_LT(Largest(stein[1].sub(SteinScores(b))), 1e-6);
  const at::Tensor spectral = SpectralEstimator(both).Score(both);
  EXPECT_LT(Largest(spectral[0].sub(SpectralEstimator(a).Score(a))), 1e-5);
  EXPECT_LT(Largest(spectral[1].sub(SpectralEstimator(b).Score(b))), 1e-5);
}

}  // namespace
}  // namespace scoreserve
