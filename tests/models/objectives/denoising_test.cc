#include "models/objectives/denoising.h"

#include <cmath>
#include <cstdint>

#include "ATen/ops/cat.h"
#include "ATen/ops/eye.h"
#include "ATen/ops/linalg_cholesky.h"
#include "ATen/ops/linalg_inv.h"
#include "ATen/ops/zeros.h"
#include "gtest/gtest.h"
#include "models/networks/score_network.h"
#include "tests/models/objectives/objective_testing.h"

namespace scoreserve {
namespace {

// N(0, S) with S = [[2, .6, 0], [.6, 1, −.3], [0, −.3, .5]].
at::Tensor Covariance() {
  const double s[3][3] = {{2.0, 0.6, 0.0}, {0.6, 1.0, -0.3}, {0.0, -0.3, 0.5}};
  return Matrix(3, 3, [&](double i, double j) {
    return s[static_cast<int>(i)][static_cast<int>(j)];
  });
}

// The expectation over x ~ N(0, S) and z ~ N(0, I) of the loss of a linear
// score, exactly: the loss is quadratic in the six normals (u, z), x = Lu, so
// its mean over the twelve points ±√6 e_i, whose first three moments are
// theirs, is it.
double ExpectedLoss(const at::Tensor& covariance, const at::Tensor& precision,
                    double level, double weight_power) {
  const int64_t dim = covariance.size(0), normals = 2 * dim;
  const at::Tensor half = at::eye(normals, at::kDouble)
                              .mul(std::sqrt(static_cast<double>(normals)));
  const at::Tensor points = at::cat({half, half.neg()});
  const at::Tensor x =
      points.narrow(1, 0, dim).matmul(at::linalg_cholesky(covariance).t());
  const at::Tensor z = points.narrow(1, dim, dim);
  const FormulaNetwork network(
      dim, LabelKind::kNone,
      [&](const ScoreInput& input) { return input.x.matmul(precision).neg(); });
  const at::Tensor levels = at::zeros({2 * normals}, at::kDouble).fill_(level);
  Workspace workspace;
  return DenoisingLosses(network, {.x = x}, LevelsOfNoise(levels), z,
                         weight_power, workspace)
      .mean()
      .item<double>();
}

TEST(DenoisingTest, OptimumForAGaussianIsTheClosedForm) {
  // ½ (dim/σ² − tr (S + σ² I)⁻¹), attained by the score of the noised density.
  const double level = 0.3;
  const at::Tensor noised =
      Covariance().add(at::eye(3, at::kDouble), level * level);
  const at::Tensor best = at::linalg_inv(noised);
  EXPECT_NEAR(ExpectedLoss(Covariance(), best, level, 0.0), 14.703767959, 1e-9);
  EXPECT_NEAR(ExpectedLoss(Covariance(), best, level, 4.0), 0.119100520, 1e-9);
}

TEST(DenoisingTest, ItsMinimiserIsTheNoisedScoreAndNotTheCleanOne) {
  const double level = 0.3;
  const at::Tensor eye = at::eye(3, at::kDouble);
  const at::Tensor best = at::linalg_inv(Covariance().add(eye, level * level));
  const double optimum = ExpectedLoss(Covariance(), best, level, 2.0);
  EXPECT_GT(
      ExpectedLoss(Covariance(), at::linalg_inv(Covariance()), level, 2.0),
      optimum + 1e-3);
  for (int64_t i = 0; i < 3; ++i) {
    at::Tensor moved = best.clone();
    moved[i][i].add_(1e-3);
    EXPECT_GT(ExpectedLoss(Covariance(), moved, level, 2.0), optimum);
    moved[i][i].sub_(2e-3);
    EXPECT_GT(ExpectedLoss(Covariance(), moved, level, 2.0), optimum);
  }
}

// The value and the gradient of anneal_dsm_score_estimation() in the authors'
// own code (ermongroup/ncsn), on inputs given by formulas.
TEST(DenoisingTest, LossOverLevelsIsThatOfNcsn) {
  const double sigmas[] = {1.0, 0.5, 0.1};
  const at::Tensor levels =
      Vector(5, [&](double b) { return sigmas[int(b) % 3]; });

  PublishedNetwork published;
  const FormulaNetwork network(
      4, LabelKind::kNoiseLevel, [&](const ScoreInput& in) {
        return published.Score(in.x).div(in.label.unsqueeze(1));
      });
  Workspace workspace;
  published.Expect(
      DenoisingLosses(network, {.x = PublishedRows()}, LevelsOfNoise(levels),
                      PublishedNoise(), 2.0, workspace)
          .mean(),
      1.165659125, 0.2104684024);
}

// dsm() of sliced score matching's code, which is of weight σ⁴.
TEST(DenoisingTest, LossOfOneLevelIsThatOfTheSlicedCode) {
  PublishedNetwork published;
  const FormulaEnergy network(
      4, [&](const ScoreInput& in) { return published.Energy(in.x); });
  const auto loss = [&](double level) {
    Workspace workspace;
    return DenoisingLosses(
               network, {.x = PublishedRows()},
               LevelsOfNoise(Vector(5, [=](double) { return level; })),
               PublishedNoise(), 4.0, workspace)
        .mean();
  };
  published.Expect(loss(0.16), .02374031317, 3.54074656e-5);
  published.Expect(loss(1.0), .4709986115, .0121908184);
}

// mdsm of the finite-difference code, which learns an energy at one level σ₀
// from rows of several: 10⁻⁴ |∇E − σz/σ₀²|²/σ² is 2·10⁻⁴/σ₀⁴ times the loss of
// an energy E σ₀²/σ² at the row's own.
TEST(DenoisingTest, LossOverLevelsOfOneEnergyIsThatOfTheDeepEnergyCode) {
  const double target = 0.01;  // σ₀².
  const at::Tensor levels =
      Vector(5, [](double b) { return .05 + b * (1.2 - .05) / 4; });
  PublishedNetwork published;
  const FormulaEnergy network(
      4,
      [&](const ScoreInput& in) {
        return published.Energy(in.x).mul(target).div(in.label.square());
      },
      LabelKind::kNoiseLevel);
  Workspace workspace;
  published.Expect(
      DenoisingLosses(network, {.x = PublishedRows()}, LevelsOfNoise(levels),
                      PublishedNoise(), 2.0, workspace)
          .mean()
          .mul(2e-4 / (target * target)),
      1.839883475, .003420632305);
}

TEST(DenoisingTest, SmallAndLargeLevelsDoNotOverflow) {
  const FormulaNetwork network(
      1, LabelKind::kNoiseLevel, [](const ScoreInput& input) {
        return input.x.div(input.label.square().add(1.0).unsqueeze(1))
            .neg()
            .to(at::kFloat);
      });
  const at::Tensor x = at::zeros({2, 1});
  Workspace workspace;
  const at::Tensor losses = DenoisingLosses(
      network, {.x = x},
      LevelsOfNoise(Vector(2, [](double i) { return i < 1 ? 1e-6 : 1e6; })),
      at::zeros({2, 1}).fill_(1.0), 2.0, workspace);
  EXPECT_NEAR(losses[0].item<double>(), 0.5, 1e-6);
  EXPECT_NEAR(losses[1].item<double>(), 0.0, 1e-6);
}

}  // namespace
}  // namespace scoreserve
