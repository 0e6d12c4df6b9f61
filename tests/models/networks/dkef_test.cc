#include "models/networks/dkef.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/full.h"
#include "ATen/ops/stack.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "gtest/gtest.h"
#include "models/networks/dkef_fit.h"
#include "models/networks/dkef_kernel.h"
#include "models/objectives/denoising.h"
#include "models/objectives/exact.h"
#include "models/objectives/fd_sliced.h"
#include "models/objectives/sliced.h"
#include "models/samplers/noise.h"
#include "models/status.h"
#include "tests/models/networks/network_testing.h"
#include "torch/csrc/autograd/autograd.h"

namespace scoreserve {
namespace {

// A function of the indices, in double.
template <typename Formula>
at::Tensor Matrix(int64_t rows, int64_t columns, const Formula& formula) {
  const at::Tensor matrix = at::empty({rows, columns}, at::kDouble);
  double* value = matrix.mutable_data_ptr<double>();
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      *value++ = formula(static_cast<double>(i), static_cast<double>(j));
    }
  }
  return matrix;
}

// One matrix for each of the three kernels k.
at::Tensor ForKernels(int64_t rows, int64_t columns,
                      double (*formula)(double k, double i, double j)) {
  std::vector<at::Tensor> all;
  for (int k = 0; k < 3; ++k) {
    all.push_back(Matrix(rows, columns,
                         [&](double i, double j) { return formula(k, i, j); }));
  }
  return at::stack(all);
}

// What models/dkef.py of the authors' code (ermongroup/sliced_score_matching)
// was run on, all given by formulas.
DkefWeights Published() {
  const auto bias = [](double (*formula)(double k, double i, double j)) {
    return ForKernels(5, 1, formula).squeeze(2);
  };
  return {
      .points = Matrix(
          3, 4,
          [](double m, double d) { return std::sin(.7 + 2 * m + .8 * d * d); }),
      .alpha = at::zeros({3}, at::kDouble),
      .kernel_weights = at::tensor({0.0, 0.3, -0.2}, at::kDouble),
      .length_scales = at::tensor({0.0, 0.5185, 1.0}, at::kDouble),
      .w1 = ForKernels(5, 4,
                       [](double k, double i, double j) {
                         return std::sin(i + 2 * j * j + 1 + k) / 2;
                       }),
      .b1 =
          bias([](double k, double i, double) { return .1 * std::cos(i + k); }),
      .w2 = ForKernels(5, 5,
                       [](double k, double i, double j) {
                         return std::sin(2 * i + j * j + .5 + k) /
                                std::sqrt(5.0);
                       }),
      .b2 = bias(
          [](double k, double i, double) { return .1 * std::sin(i + 1 + k); }),
      .w3 = ForKernels(5, 5,
                       [](double k, double i, double j) {
                         return std::cos(i + 3 * j + .3 * i * j + k) /
                                std::sqrt(5.0);
                       }),
      .skip = ForKernels(5, 4,
                         [](double k, double i, double j) {
                           return std::cos(i + j * j + .2 + k) / 2;
                         }),
      .envelope = 2.0};
}

at::Tensor X() {
  return Matrix(5, 4,
                [](double b, double d) { return std::cos(1 + 3 * b + d * d); });
}

at::Tensor Signs() {
  return Matrix(5, 4, [](double b, double d) {
    return std::sin(2 + 2 * b + 1.5 * d * d) < 0 ? -1.0 : 1.0;
  });
}

at::Tensor LogLambda(double value) { return at::full({}, value, at::kDouble); }

// Its α from the rows above, and log p̃ at sin(1.1 + 1.4 d²).
void ExpectFit(const DkefTerms& terms, const std::vector<double>& alpha,
               double log_density) {
  DkefWeights weights = Published();
  weights.alpha = FitAlpha(QuadraticOf(terms), LogLambda(-2.0));
  for (int64_t m = 0; m < 3; ++m) {
    EXPECT_NEAR(weights.alpha[m].item<double>(), alpha[static_cast<size_t>(m)],
                5e-9);
  }
  const at::Tensor x = Matrix(
      1, 4, [](double, double d) { return std::sin(1.1 + 1.4 * d * d); });
  Workspace workspace;
  EXPECT_NEAR(-DkefOf(weights)->Energy({.x = x}, workspace).item<double>(),
              log_density, 5e-10);
}

TEST(DkefTest, FittedBySlicesOrExactlyItIsThePublishedOne) {
  const DkefKernel kernel(Published());
  ExpectFit(ExactTerms(kernel, X()), {-8.639328106, 11.62503636, -5.566721857},
            .1602728468);
  ExpectFit(SlicedTerms(kernel, X(), Signs(), /*variance_reduction=*/true),
            {-9.583088574, 11.08668525, -4.952938416}, -.738433802);
}

at::Tensor Gradient(const at::Tensor& of, const at::Tensor& in) {
  return torch::autograd::grad({of.sum()}, {in}, /*grad_outputs=*/{},
                               /*retain_graph=*/true,
                               /*create_graph=*/true)[0];
}

TEST(DkefTest, DerivativesCarriedForwardAreThoseOfBackwardPasses) {
  const DkefKernel kernel(Published());
  const at::Tensor x = X().requires_grad_(true);
  const at::Tensor v = at::stack({Signs(), X().add(0.3)}, 1);
  const DkefSlopes slopes = kernel.Along(kernel.At(x), v);
  const at::Tensor features = kernel.Features(x);
  for (int64_t m = 0; m < 3; ++m) {
    const at::Tensor gradient = Gradient(features.select(1, m), x);
    at::Tensor second = at::zeros({5}, at::kDouble);
    for (int64_t p = 0; p < 2; ++p) {
      const at::Tensor direction = v.select(1, p);
      const at::Tensor first = gradient.mul(direction).sum(1);
      EXPECT_LT(slopes.first.select(1, p)
                    .select(1, m)
                    .sub(first)
                    .abs()
                    .max()
                    .item<double>(),
                1e-13);
      second = second.add(Gradient(first, x).mul(direction).sum(1));
    }
    EXPECT_LT(slopes.second.select(1, m).sub(second).abs().max().item<double>(),
              1e-13);
  }
}

// With any α: the quadratics are the objectives themselves.
class DkefTermsTest : public ::testing::Test {
 protected:
  DkefTermsTest() {
    weights_.alpha = at::tensor({-3.0, 2.0, 0.7}, at::kDouble);
  }

  void ExpectLosses(const DkefTerms& terms, const at::Tensor& losses) {
    constexpr double kTolerance = 1e-11;
    const at::Tensor ours = LossesOf(terms, weights_.alpha);
    EXPECT_LT(ours.sub(losses).abs().max().item<double>(), kTolerance);
    EXPECT_NEAR(MeanLoss(QuadraticOf(terms), weights_.alpha).item<double>(),
                losses.mean().item<double>(), kTolerance);
  }

  DkefWeights weights_ = Published();
  Workspace workspace_;
};

TEST_F(DkefTermsTest, SlicedOnesAreTheSlicedObjective) {
  for (const bool variance_reduction : {false, true}) {
    ExpectLosses(
        SlicedTerms(DkefKernel(weights_), X(), Signs(), variance_reduction),
        SlicedLosses(*DkefOf(weights_), {.x = X()}, Signs().unsqueeze(1),
                     variance_reduction, workspace_));
  }
}

TEST_F(DkefTermsTest, DenoisingOnesAreTheDenoisingObjective) {
  constexpr double kSigma = 0.3;
  const RowLevels levels = LevelsOfNoise(at::full({5}, kSigma, at::kDouble));
  ExpectLosses(
      DenoisingTerms(DkefKernel(weights_), X(), Signs(), kSigma),
      DenoisingLosses(*DkefOf(weights_), {.x = X(), .condition = {}}, levels,
                      Signs(), /*weight_power=*/0.0, workspace_));
}

TEST_F(DkefTermsTest, ExactOnesAreTheExactObjective) {
  ExpectLosses(ExactTerms(DkefKernel(weights_), X()),
               ExactLosses(*DkefOf(weights_), {.x = X()}, workspace_));
}

TEST_F(DkefTermsTest, DifferencesAreTheFiniteDifferenceObjective) {
  ExpectLosses(
      FdSlicedTerms(DkefKernel(weights_), X(), Signs(), 0.05),
      FdSlicedEnergyLosses(*DkefOf(weights_), {.x = X()}, Signs().unsqueeze(1),
                           at::full({5, 1, 1}, 0.05, at::kDouble), workspace_));
}

// Differences are off by the square of the step.
TEST_F(DkefTermsTest, DifferencesAreOfSecondOrder) {
  const DkefKernel kernel(weights_);
  const at::Tensor limit =
      LossesOf(SlicedTerms(kernel, X(), Signs(), /*variance_reduction=*/false),
               weights_.alpha);
  const auto error = [&](double step) {
    return LossesOf(FdSlicedTerms(kernel, X(), Signs(), step), weights_.alpha)
        .sub(limit)
        .mean()
        .item<double>();
  };
  EXPECT_NEAR(error(0.02) / error(0.01), 4.0, 0.02);
  EXPECT_NEAR(error(0.01) / error(0.005), 4.0, 0.02);
}

TEST(DkefTest, ExactSlicesAreThoseOfAllAxes) {
  const DkefKernel kernel(Published());
  at::Tensor trace = at::zeros({5, 3}, at::kDouble);
  for (int64_t d = 0; d < 4; ++d) {
    const at::Tensor axis = Matrix(
        5, 4, [&](double, double j) { return static_cast<int64_t>(j) == d; });
    trace =
        trace.add(SlicedTerms(kernel, X(), axis, /*variance_reduction=*/false)
                      .curvatures);
  }
  const DkefTerms exact = ExactTerms(kernel, X());
  EXPECT_LT(exact.curvatures.sub(trace).abs().max().item<double>(), 1e-13);
}

// Where the ridge goes to 0 the loss is flat in α, and it is least there.
TEST(DkefTest, TheFitIsTheMinimumOfItsOwnLoss) {
  const DkefTerms terms = ExactTerms(DkefKernel(Published()), X());
  const at::Tensor alpha =
      FitAlpha(QuadraticOf(terms), LogLambda(-14.0)).requires_grad_(true);
  const at::Tensor loss = LossesOf(terms, alpha).mean();
  EXPECT_LT(Gradient(loss, alpha).abs().max().item<double>(), 1e-9);
  const at::Tensor other = LossesOf(terms, alpha.detach().add(0.1)).mean();
  EXPECT_GT(other.item<double>(), loss.item<double>());
}

// The loss of some rows under the α of others moves with every weight through
// the solution of the equations.
TEST(DkefTest, ALossUnderAFittedAlphaHasItsDerivatives) {
  DkefWeights weights = Published();
  at::Tensor log_lambda = LogLambda(-2.0);
  const auto loss = [&] {
    const DkefKernel kernel(weights);
    const at::Tensor alpha =
        FitAlpha(QuadraticOf(ExactTerms(kernel, X())), log_lambda);
    return LossesOf(ExactTerms(kernel, X().sin()), alpha).mean();
  };
  std::vector<at::Tensor> leaves = {log_lambda};
  for (const auto& [name, weight] : weights.Named()) {
    if (name != "alpha") leaves.push_back(weight);
  }
  for (at::Tensor& leaf : leaves) leaf.requires_grad_(true);
  loss().backward();
  for (at::Tensor& leaf : leaves) {
    const at::Tensor gradient = leaf.grad();
    const at::Tensor direction = gradient.detach().div(gradient.norm());
    constexpr double kStep = 1e-5;
    at::Tensor values = leaf.detach();
    values.add_(direction, kStep);
    const double above = loss().item<double>();
    values.add_(direction, -2 * kStep);
    const double below = loss().item<double>();
    values.add_(direction, kStep);
    const double norm = gradient.norm().item<double>();
    EXPECT_NEAR((above - below) / (2 * kStep), norm, 1e-5 * (1.0 + norm));
  }
}

// Without weights on its points it is the envelope.
TEST(DkefTest, BeginsAsAGaussian) {
  const auto network =
      New(Config("dkef", 3, {}, {{"points", int64_t{5}}, {"envelope", 0.5}}));
  Workspace workspace;
  const at::Tensor x = Normals(4, 3, 1);
  const at::Tensor score = network->Score({.x = x}, workspace);
  EXPECT_LT(score.add(x, 4.0).abs().max().item<double>(), 1e-6);
}

TEST(DkefTest, TakesNoLabel) {
  EXPECT_EQ(FieldOf(NewNetwork(Config("dkef", 3, kLevels), 1).status()),
            "label.kind");
}

}  // namespace
}  // namespace scoreserve
