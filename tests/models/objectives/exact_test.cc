#include "models/objectives/exact.h"

#include <cmath>
#include <cstdint>

#include "ATen/ops/cat.h"
#include "ATen/ops/eye.h"
#include "ATen/ops/linalg_cholesky.h"
#include "ATen/ops/linalg_inv.h"
#include "c10/core/InferenceMode.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "tests/models/objectives/objective_testing.h"

namespace scoreserve {
namespace {

at::Tensor LossesOf(const ScoreNetwork& network, const at::Tensor& x) {
  Workspace workspace;
  return ExactLosses(network, {.x = x}, workspace);
}

// The mean for s = −Ax over N(0, S) is ½ tr ASA − tr A, and exact over the
// points ±√3 L e_i, whose first two moments are N(0, S)'s.
TEST(ExactTest, ForALinearScoreItIsTheClosedForm) {
  const double s[3][3] = {{2.0, 0.6, 0.0}, {0.6, 1.0, -0.3}, {0.0, -0.3, 0.5}};
  const at::Tensor covariance =
      Matrix(3, 3, [&](double i, double j) { return s[int(i)][int(j)]; });
  const at::Tensor axes = at::eye(3, at::kDouble).mul(std::sqrt(3.0));
  const at::Tensor x =
      at::cat({axes, axes.neg()}).matmul(at::linalg_cholesky(covariance).t());
  const auto loss = [&](const at::Tensor& a) {
    const FormulaNetwork network(
        3, LabelKind::kNone,
        [&](const ScoreInput& input) { return input.x.matmul(a).neg(); });
    return LossesOf(network, x).mean().item<double>();
  };
  const at::Tensor eye = at::eye(3, at::kDouble);
  EXPECT_NEAR(loss(at::linalg_inv(covariance)), -2.3828125, 1e-12);
  EXPECT_NEAR(loss(eye), -1.25, 1e-12);
  EXPECT_NEAR(loss(eye.mul(2.0)), 1.0, 1e-12);
}

// The least of all is minus half the Fisher information, here by quadrature.
TEST(ExactTest, TheScoreOfAMixtureHasMinusHalfItsInformation) {
  constexpr double kMean = 1.5, kDeviation = 0.5, kEnd = 8.0;
  constexpr int64_t kPoints = 8'001;
  const double step = 2 * kEnd / (kPoints - 1);
  const at::Tensor x =
      Matrix(kPoints, 1, [&](double i, double) { return -kEnd + i * step; });
  const double variance = kDeviation * kDeviation;
  const FormulaEnergy network(1, [&](const ScoreInput& in) {
    const at::Tensor at = in.x.squeeze(1);
    return at.sub(kMean)
        .square()
        .div(-2 * variance)
        .exp()
        .add(at.add(kMean).square().div(-2 * variance).exp())
        .log()
        .neg();
  });
  const at::Tensor density =
      x.squeeze(1)
          .sub(kMean)
          .square()
          .div(-2 * variance)
          .exp()
          .add(x.squeeze(1).add(kMean).square().div(-2 * variance).exp())
          .div(2 * kDeviation * std::sqrt(2 * M_PI));
  const double mean =
      LossesOf(network, x).mul(density).sum().item<double>() * step;
  EXPECT_NEAR(mean, -1.925280565, 1e-9);
}

// exact_score_matching() of the authors' own code.
TEST(ExactTest, LossOfAnEnergyIsThePublishedOne) {
  PublishedNetwork published;
  const FormulaEnergy network(
      4, [&](const ScoreInput& in) { return published.Energy(in.x); });
  const at::Tensor losses = LossesOf(network, PublishedRows());
  EXPECT_NEAR(losses[0].item<double>(), -2.494176893, 1e-9);
  published.Expect(losses.mean(), -2.425237965, .03016660584);
}

TEST(ExactTest, ItsValueNeedsNoGradMode) {
  PublishedNetwork published;
  const FormulaEnergy network(
      4, [&](const ScoreInput& in) { return published.Energy(in.x); });
  const at::Tensor losses = LossesOf(network, PublishedRows());
  const c10::InferenceMode inference;
  const at::Tensor again = LossesOf(network, PublishedRows());
  EXPECT_FALSE(again.requires_grad());
  EXPECT_LT(again.sub(losses.detach()).abs().max().item<double>(), 1e-12);
}

}  // namespace
}  // namespace scoreserve
