#include "models/objectives/fd_sliced.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/full.h"
#include "ATen/ops/ones.h"
#include "c10/core/GradMode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/objectives/directions.h"
#include "models/objectives/sliced.h"
#include "models/status.h"
#include "tests/models/objectives/objective_testing.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

// ½ xAxᵀ, A symmetric and full.
at::Tensor Quadratic(const at::Tensor& x) {
  const int64_t dim = x.size(1);
  const at::Tensor a = Matrix(
      dim, dim, [](double i, double j) { return std::cos(1 + i * j + i + j); });
  return x.matmul(a).mul(x).sum(1).mul(0.5);
}

// Minus the log of a mixture of two Gaussians in each coordinate.
at::Tensor Mixture(const at::Tensor& x) {
  const at::Tensor near = x.sub(1.5).square().mul(-2.0).exp();
  return near.add(x.add(1.5).square().mul(-2.0).exp()).log().sum(1).neg();
}

at::Tensor Rows(int64_t dim) {
  return Matrix(7, dim,
                [](double b, double d) { return 2 * std::sin(1 + b * 3 + d); });
}

at::Tensor Signs(int64_t dim) {
  return DirectionsOf(Directions::kRademacher,
                      Matrix(14, dim,
                             [](double b, double d) {
                               return std::sin(5 + b * 2 + d * d * 1.3);
                             }))
      .view({7, 2, dim});
}

class FdSlicedTest : public ::testing::Test {
 protected:
  static at::Tensor Heights(double h, int64_t rows = 7) {
    return at::full({rows, 1, 1}, h, at::kDouble);
  }
  Workspace workspace_;
};

TEST_F(FdSlicedTest, OnQuadraticEnergiesItIsTheDerivativeAtAnyStep) {
  const at::Tensor x = Rows(4), u = Signs(4);
  const FormulaEnergy energy(
      4, [](const ScoreInput& in) { return Quadratic(in.x); });
  for (const bool variance_reduction : {false, true}) {
    const at::Tensor sliced =
        SlicedLosses(energy, {.x = x}, u, variance_reduction, workspace_);
    for (const double h : {0.01, 0.3, 5.0}) {
      const at::Tensor losses = FdSlicedLosses(energy, {.x = x}, u, Heights(h),
                                               variance_reduction, workspace_);
      EXPECT_LT(losses.sub(sliced).abs().max().item<double>(), 1e-9);
      if (variance_reduction) continue;
      const at::Tensor of_energies =
          FdSlicedEnergyLosses(energy, {.x = x}, u, Heights(h), workspace_);
      EXPECT_LT(of_energies.sub(sliced).abs().max().item<double>(), 1e-9);
    }
  }
}

TEST_F(FdSlicedTest, ItsBiasIsOfSecondOrder) {
  const at::Tensor x = Rows(4), u = Signs(4);
  const FormulaEnergy energy(
      4, [](const ScoreInput& in) { return Mixture(in.x); });
  const auto ratios = [&](const auto& loss, bool variance_reduction) {
    const double truth =
        SlicedLosses(energy, {.x = x}, u, variance_reduction, workspace_)
            .mean()
            .item<double>();
    double before = 0.0;
    std::vector<double> found;
    for (const double step : {0.2, 0.1, 0.05, 0.025}) {
      const double error =
          loss(Heights(step / std::sqrt(4.0))).mean().template item<double>() -
          truth;
      if (before != 0.0) found.push_back(before / error);
      before = error;
    }
    return found;
  };
  using ::testing::DoubleNear;
  using ::testing::Each;
  EXPECT_THAT(ratios(
                  [&](const at::Tensor& h) {
                    return FdSlicedEnergyLosses(energy, {.x = x}, u, h,
                                                workspace_);
                  },
                  false),
              Each(DoubleNear(4.0, 0.4)));
  for (const bool variance_reduction : {false, true}) {
    EXPECT_THAT(ratios(
                    [&](const at::Tensor& h) {
                      return FdSlicedLosses(energy, {.x = x}, u, h,
                                            variance_reduction, workspace_);
                    },
                    variance_reduction),
                Each(DoubleNear(4.0, 0.4)));
  }
}

// Why steps have a least: on E = ½|x|² in 784 dimensions the bend is 784, in
// float32 only while the step is long enough.
TEST_F(FdSlicedTest, ShortStepsDrownInRounding) {
  constexpr int64_t kDim = 784, kRows = 16;
  const at::Tensor x = Matrix(kRows, kDim, [](double b, double d) {
                         return 1.4 * std::sin(1 + b * 7 + d * d);
                       }).to(at::kFloat);
  const FormulaEnergy energy(
      kDim, [](const ScoreInput& in) { return in.x.square().sum(1).mul(0.5); });
  const at::Tensor u = at::ones({kRows, 1, kDim});
  const double slope =
      x.sum(1).to(at::kDouble).square().mul(0.5).mean().item<double>();
  const auto error = [&](double step) {
    const at::Tensor losses = FdSlicedEnergyLosses(
        energy, {.x = x}, u, HeightsOf(step, at::ones({kRows}), kDim),
        workspace_);
    return std::abs(losses.mean().item<double>() - slope + kDim) / kDim;
  };
  EXPECT_LT(error(0.1), 0.01);
  EXPECT_GT(error(0.001), 0.5);
}

TEST_F(FdSlicedTest, AsksAnEnergyOnceAndForNoDerivative) {
  const at::Tensor x = Rows(4), u = Signs(4).narrow(1, 0, 1);
  const FormulaEnergy energy(
      4, [](const ScoreInput& in) { return Quadratic(in.x); });
  FdSlicedEnergyLosses(energy, {.x = x}, u, Heights(0.1), workspace_);
  EXPECT_EQ(energy.calls, 1);
  EXPECT_EQ(energy.rows, 3 * 7);
  EXPECT_FALSE(energy.differentiated);

  int64_t calls = 0, rows = 0;
  const FormulaNetwork score(4, LabelKind::kNone, [&](const ScoreInput& in) {
    ++calls;
    rows += in.x.size(0);
    EXPECT_FALSE(in.x.requires_grad());
    return in.x.neg();
  });
  FdSlicedLosses(score, {.x = x}, u, Heights(0.1), true, workspace_);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(rows, 2 * 7);
}

// The authors' own code (taufikxu/FD-ScoreMatching).
TEST_F(FdSlicedTest, LossesAreThePublishedOnes) {
  PublishedNetwork published;
  const FormulaEnergy energy(
      4, [&](const ScoreInput& in) { return published.Energy(in.x); });
  const FormulaNetwork score(4, LabelKind::kNone, [&](const ScoreInput& in) {
    return published.Score(in.x);
  });
  const ScoreInput input = {.x = PublishedRows()};
  const at::Tensor u =
      DirectionsOf(Directions::kSphere, PublishedDirections()).unsqueeze(1);
  const auto heights = [](double step) {
    return HeightsOf(step, at::ones({5}, at::kDouble), 4);
  };
  published.Expect(
      FdSlicedEnergyLosses(energy, input, u, heights(0.1), workspace_).mean(),
      -2.602852487, .04706633994);
  published.Expect(
      FdSlicedLosses(score, input, u, heights(0.1), true, workspace_).mean(),
      -3.059467149, .2555809231);
  // The deep energy models' is divided by the dimension.
  published.Expect(
      FdSlicedEnergyLosses(energy, input, u, heights(0.05), workspace_)
          .mean()
          .div(4.0),
      -.6507131858, .01176721637);
}

ModelConfig Config(const std::string& network) {
  ModelConfig config;
  config.network = network;
  config.data.shape = {2};
  return config;
}

TEST_F(FdSlicedTest, RefusesStepsBelowTheReachOfFloat32) {
  const auto made = [](double step, bool variance_reduction) {
    return NewFdSliced(
        {{"step", step}, {"variance_reduction", variance_reduction}},
        Config("energy_mlp"));
  };
  const absl::Status status = made(0.001, true).status();
  EXPECT_EQ(FieldOf(status), "step");
  EXPECT_THAT(std::string(status.message()), HasSubstr("float32's rounding"));
  EXPECT_EQ(FieldOf(made(2.0, true).status()), "step");
  // A second difference needs more.
  const auto energy = *NewNetwork(Config("energy_mlp"), 1);
  EXPECT_TRUE((*made(0.02, true))->CheckNetwork(*energy).ok());
  EXPECT_EQ(FieldOf((*made(0.02, false))->CheckNetwork(*energy)), "step");
  EXPECT_TRUE((*made(0.05, false))->CheckNetwork(*energy).ok());
}

}  // namespace
}  // namespace scoreserve
