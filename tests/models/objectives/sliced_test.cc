#include "models/objectives/sliced.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ATen/ops/cat.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/eye.h"
#include "ATen/ops/linalg_cholesky.h"
#include "ATen/ops/linalg_inv.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/stack.h"
#include "c10/core/GradMode.h"
#include "c10/core/InferenceMode.h"
#include "gtest/gtest.h"
#include "models/networks/score_network.h"
#include "models/objectives/directions.h"
#include "models/samplers/noise.h"
#include "models/status.h"
#include "tests/models/objectives/objective_testing.h"

namespace scoreserve {
namespace {

// s(x) = −x A.
FormulaNetwork Linear(const at::Tensor& a) {
  return FormulaNetwork(
      a.size(0), LabelKind::kNone,
      [a](const ScoreInput& input) { return input.x.matmul(a).neg(); });
}

at::Tensor LossesOf(const ScoreNetwork& network, const at::Tensor& x,
                    const at::Tensor& directions, bool variance_reduction) {
  Workspace workspace;
  return SlicedLosses(network, {.x = x}, directions, variance_reduction,
                      workspace);
}

at::Tensor Normals(int64_t rows, int64_t dim, uint64_t seed) {
  const at::Tensor z = at::empty({rows, dim});
  FillNormals(NoiseKey{.seed = seed}, Purpose::kUser, rows, dim,
              z.mutable_data_ptr<float>());
  return z;
}

at::Tensor Symmetric(int64_t dim) {
  const at::Tensor a = Matrix(
      dim, dim, [](double i, double j) { return std::cos(1 + 2 * i + j * j); });
  return a.add(a.t());
}

// All of {−1, 1}^dim, [2^dim, dim].
at::Tensor Corners(int64_t dim) {
  return Matrix(1 << dim, dim, [](double i, double j) {
    return int64_t(i) >> int64_t(j) & 1 ? 1.0 : -1.0;
  });
}

// J = ½ |s|² + tr ∇s, averaged over all directions: exactly.
TEST(SlicedTest, OverAllDirectionsItIsExactScoreMatching) {
  constexpr int64_t kDim = 8;
  const at::Tensor a = Symmetric(kDim);
  const at::Tensor x = Matrix(
      3, kDim, [](double b, double d) { return std::sin(1 + b + d * d); });
  const at::Tensor exact = x.matmul(a).square().sum(1).mul(0.5).sub(a.trace());
  const at::Tensor axes =
      at::eye(kDim, at::kDouble).mul(std::sqrt(double(kDim)));
  for (const at::Tensor& all : {Corners(kDim), axes}) {
    const at::Tensor v = all.unsqueeze(0).expand({3, all.size(0), kDim});
    for (const bool variance_reduction : {false, true}) {
      const at::Tensor losses = LossesOf(Linear(a), x, v, variance_reduction);
      EXPECT_LT(losses.sub(exact).abs().max().item<double>(), 1e-10);
    }
  }
}

// Over x ~ N(0, S) the mean is exact over the points ±√dim L e_i, whose first
// two moments are theirs. There it is ½ tr A²S − tr A, least at A = S⁻¹.
TEST(SlicedTest, ItsMinimiserForAGaussianIsTheInverseCovariance) {
  const double s[3][3] = {{2.0, 0.6, 0.0}, {0.6, 1.0, -0.3}, {0.0, -0.3, 0.5}};
  const at::Tensor covariance =
      Matrix(3, 3, [&](double i, double j) { return s[int(i)][int(j)]; });
  const at::Tensor axes = at::eye(3, at::kDouble).mul(std::sqrt(3.0));
  const at::Tensor x =
      at::cat({axes, axes.neg()}).matmul(at::linalg_cholesky(covariance).t());
  const at::Tensor v = Corners(3).unsqueeze(0).expand({6, 8, 3});
  for (const bool variance_reduction : {false, true}) {
    const at::Tensor best =
        at::linalg_inv(covariance).clone().requires_grad_(true);
    const at::Tensor loss =
        LossesOf(Linear(best), x, v, variance_reduction).mean();
    EXPECT_NEAR(loss.item<double>(), -0.5 * best.trace().item<double>(), 1e-12);
    loss.backward();
    EXPECT_LT(best.grad().abs().max().item<double>(), 1e-12);
    const at::Tensor other = best.detach().add(at::eye(3, at::kDouble), 0.01);
    EXPECT_GT(
        LossesOf(Linear(other), x, v, variance_reduction).mean().item<double>(),
        loss.item<double>());
  }
}

// The variance of vᵀAv over v: 2 Σ A_ij² over i ≠ j for signs, so 0 for a
// diagonal A, 2 |A|² for normals, and on the sphere of radius √D, of which
// E v_i² v_j² is known, 2D/(D + 2) (|A|² − tr² A/D).
TEST(SlicedTest, DirectionsVaryAsTheirLawsSay) {
  constexpr int64_t kDim = 4, kDraws = 40'000;
  const at::Tensor diagonal = Vector(kDim, [](double i) { return i + 1; });
  const double square = 1 + 4 + 9 + 16, trace = 1 + 2 + 3 + 4;
  const at::Tensor z = Normals(kDraws, kDim, 1);
  const auto variance = [&](Directions directions) {
    const at::Tensor v =
        DirectionsOf(directions, z).to(at::kDouble).unsqueeze(1);
    const at::Tensor a = diagonal.diag();
    return LossesOf(Linear(a), at::ones({kDraws, kDim}, at::kDouble), v,
                    /*variance_reduction=*/true)
        .var()
        .item<double>();
  };
  EXPECT_LT(variance(Directions::kRademacher), 1e-20);
  EXPECT_NEAR(variance(Directions::kGaussian), 2 * square, 0.1 * 2 * square);
  const double sphere =
      2.0 * kDim / (kDim + 2) * (square - trace * trace / kDim);
  EXPECT_NEAR(variance(Directions::kSphere), sphere, 0.1 * sphere);
}

// Values and gradients of losses/sliced_sm.py in the authors' own code
// (ermongroup/sliced_score_matching), on inputs given by formulas.
class PublishedTest : public ::testing::Test {
 protected:
  void Expect(const ScoreNetwork& network, const at::Tensor& directions,
              bool variance_reduction, double value, double gradient) {
    published_.Expect(
        LossesOf(network, PublishedRows(), directions, variance_reduction)
            .mean(),
        value, gradient);
  }

  PublishedNetwork published_;
  const FormulaNetwork score_{
      4, LabelKind::kNone,
      [this](const ScoreInput& in) { return published_.Score(in.x); }};
  // Of the energy: one derivative more.
  const FormulaEnergy energy_{
      4, [this](const ScoreInput& in) { return published_.Energy(in.x); }};
  const at::Tensor v_ = PublishedDirections();
  const at::Tensor second_ = Matrix(5, 4, [](double b, double d) {
    return std::cos(.7 + 1.3 * b + 2.1 * d);
  });
};

TEST_F(PublishedTest, OneDirectionOnAnEnergy) {
  const auto one = [this](Directions directions) {
    return DirectionsOf(directions, v_).unsqueeze(1);
  };
  Expect(energy_, one(Directions::kRademacher), false, -2.613514041,
         .04245693059);
  Expect(energy_, one(Directions::kSphere), false, -2.602852829, .04706970743);
  Expect(energy_, one(Directions::kGaussian), false, -1.342518009,
         .02473998515);
  Expect(energy_, one(Directions::kRademacher), true, -2.433161752,
         .04943284537);
  Expect(energy_, one(Directions::kGaussian), true, -1.059679216, .02888739525);
}

TEST_F(PublishedTest, TwoDirections) {
  const at::Tensor two = at::stack({v_, second_}, 1);
  // Theirs lie on the unit sphere there.
  const at::Tensor unit = two.div(two.norm(2, -1, true));
  Expect(energy_, unit, false, -.671529623, .00915647151);
  Expect(energy_, two, true, -1.046628257, .02599665633);
  Expect(score_, unit, false, -.9194886227, .05094964448);
  Expect(score_, two, true, -1.19778373, .1962392748);
}

TEST(SlicedTest, ItsValueNeedsNoGradMode) {
  const at::Tensor a = Symmetric(3);
  const FormulaNetwork network = Linear(a);
  const at::Tensor x = at::ones({2, 3}, at::kDouble);
  const at::Tensor v = at::ones({2, 1, 3}, at::kDouble);
  const at::Tensor losses = LossesOf(network, x, v, true);
  {
    const c10::NoGradGuard no_grad;
    const at::Tensor again = LossesOf(network, x, v, true);
    EXPECT_TRUE(again.equal(losses));
    EXPECT_FALSE(again.requires_grad());
  }
  const c10::InferenceMode inference;
  EXPECT_TRUE(
      LossesOf(network, at::ones({2, 3}, at::kDouble), v, true).equal(losses));
}

ModelConfig Config(const LabelRule& label) {
  ModelConfig config;
  config.data.shape = {2};
  config.label = label;
  return config;
}

TEST(SlicedTest, EstimatesTheScoreOfWhatTheNetworkSees) {
  const auto estimand = [](const OptionValues& options,
                           const LabelRule& label) {
    return (*NewObjective("sliced", options, Config(label)))->estimand();
  };
  EXPECT_EQ(estimand({}, {}), Estimand::kClean);
  EXPECT_EQ(estimand({{"noise_level", 0.1}}, {}), Estimand::kNoised);
  EXPECT_EQ(estimand({}, {LabelKind::kNoiseLevel, 0.1, 10.0}),
            Estimand::kNoised);
}

TEST(SlicedTest, RefusesWhatItCannotBe) {
  const auto field = [](const OptionValues& options) {
    return FieldOf(NewObjective("sliced", options, Config({})).status());
  };
  EXPECT_EQ(field({{"directions", std::string("cube")}}), "directions");
  EXPECT_EQ(field({{"projections", int64_t{0}}}), "projections");
  EXPECT_EQ(field({{"directions", std::string("unit_sphere")}}), "directions");
  EXPECT_EQ(field({{"directions", std::string("unit_sphere")},
                   {"variance_reduction", false}}),
            std::nullopt);
  EXPECT_EQ(field({{"noise_level", -1.0}}), "noise_level");
  EXPECT_EQ(FieldOf(NewObjective("sliced", {{"noise_level", 20.0}},
                                 Config({LabelKind::kNoiseLevel, 0.1, 10.0}))
                        .status()),
            "noise_level");
}

// On the unit sphere E vvᵀ is 1/dim: so is the loss.
TEST(SlicedTest, UnitDirectionsDivideTheLossByTheDimension) {
  constexpr int64_t kDim = 8;
  const at::Tensor a = Symmetric(kDim);
  const at::Tensor x = at::ones({1, kDim}, at::kDouble);
  const at::Tensor exact = x.matmul(a).square().sum(1).mul(0.5).sub(a.trace());
  const at::Tensor v =
      DirectionsOf(Directions::kUnitSphere, at::eye(kDim, at::kDouble))
          .unsqueeze(0);
  EXPECT_NEAR(LossesOf(Linear(a), x, v, false).item<double>(),
              exact.item<double>() / kDim, 1e-10);
}

// A network of the level: the loss is that of the rows noised to it, times σ².
// On N(0, I) the score −x/(1 + σ²) is the least, −½ D σ²/(1 + σ²).
TEST(SlicedTest, LevelsAreWeighedByTheirSquare) {
  constexpr int64_t kDim = 2, kRows = 20'000;
  const FormulaNetwork network(
      kDim, LabelKind::kNoiseLevel, [](const ScoreInput& input) {
        const at::Tensor variance = input.label.square().add(1.0);
        return input.x.div(variance.to(at::kFloat).unsqueeze(1)).neg();
      });
  const double level = 0.5;
  const auto objective =
      *NewObjective("sliced", {{"noise_level", level}},
                    Config({LabelKind::kNoiseLevel, 0.1, 9.0}));
  Workspace workspace;
  const at::Tensor losses =
      objective
          ->Losses(network, {.x = Normals(kRows, kDim, 7)}, {.seed = 3},
                   workspace)
          .to(at::kDouble);
  const double least = -0.5 * kDim * level * level / (1 + level * level);
  const double error = losses.std().item<double>() / std::sqrt(double(kRows));
  EXPECT_NEAR(losses.mean().item<double>(), least, 5 * error);
}

}  // namespace
}  // namespace scoreserve
