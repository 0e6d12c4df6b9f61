// That objectives learn what theory says they learn, to the bars that a sound
// implementation meets.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "ATen/ops/empty.h"
#include "ATen/ops/eye.h"
#include "ATen/ops/linalg_cholesky.h"
#include "ATen/ops/linalg_inv.h"
#include "ATen/ops/zeros.h"
#include "gtest/gtest.h"
#include "tests/models/training/score_matching_testing.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

constexpr TrainerOptions kTwoModes = {
    .batch = 512, .learning_rate = 1e-3, .steps = 5000, .ema = 0.99};

void ExpectLearnsTwoModes(const std::string& network,
                          const OptionValues& network_options,
                          const std::string& objective,
                          const OptionValues& objective_options) {
  for (const uint64_t seed : {1, 2, 3}) {
    const auto trainer = NewTrainer(network, network_options, 1, objective,
                                    objective_options, kTwoModes, seed);
    TrainFor(*trainer, kTwoModes.steps, TwoModes::Rows(100'000, 10 + seed));
    const double loss = TwoModes::LossOf(trainer->averaged());
    std::printf("%s of %s, seed %d: J = %.4f\n", objective.c_str(),
                network.c_str(), static_cast<int>(seed), loss);
    EXPECT_LE(loss, -1.87) << "seed " << seed;
  }
}

TEST(ScoreMatchingLongTest, SlicedLearnsTwoModes) {
  ExpectLearnsTwoModes(
      "mlp", {{"width", int64_t{64}}, {"activation", std::string("softplus")}},
      "sliced", {});
}

TEST(ScoreMatchingLongTest, FiniteDifferencesOfEnergiesLearnTwoModes) {
  ExpectLearnsTwoModes("energy_mlp", {{"width", int64_t{64}}}, "fd_sliced",
                       {{"variance_reduction", false}});
}

TEST(ScoreMatchingLongTest, FiniteDifferencesOfScoresLearnTwoModes) {
  ExpectLearnsTwoModes(
      "mlp", {{"width", int64_t{64}}, {"activation", std::string("softplus")}},
      "fd_sliced", {});
}

class GaussianLongTest : public ::testing::Test {
 protected:
  GaussianLongTest() {
    const double s[3][3] = {
        {2.0, 0.6, 0.0}, {0.6, 1.0, -0.3}, {0.0, -0.3, 0.5}};
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) covariance_[i][j].fill_(s[i][j]);
    }
    rows_ = StandardNormals(50'000, 3, 5)
                .matmul(at::linalg_cholesky(covariance_).t().to(at::kFloat));
  }

  // How far the trained map x ↦ −Ax is from A = `inverse`⁻¹, relatively.
  double ErrorAfter(const OptionValues& objective_options,
                    const at::Tensor& inverse, double learning_rate) {
    const auto trainer = NewTrainer("mlp", {{"layers", int64_t{0}}}, 3,
                                    "sliced", objective_options,
                                    {.batch = 512,
                                     .learning_rate = learning_rate,
                                     .steps = 4000,
                                     .ema = 0.99},
                                    1);
    TrainFor(*trainer, 4000, rows_);
    const at::Tensor best = at::linalg_inv(inverse);
    Workspace workspace;
    const at::Tensor origin =
        trainer->averaged().Score({.x = at::zeros({1, 3})}, workspace);
    const at::Tensor map = trainer->averaged()
                               .Score({.x = at::eye(3)}, workspace)
                               .sub(origin)
                               .detach()
                               .neg()
                               .to(at::kDouble);
    const double error =
        map.sub(best).norm().item<double>() / best.norm().item<double>();
    std::printf("relative error of the map: %.4f\n", error);
    return error;
  }

  const at::Tensor covariance_ = at::empty({3, 3}, at::kDouble);
  at::Tensor rows_;
};

TEST_F(GaussianLongTest, SlicedLearnsTheInverseCovariance) {
  EXPECT_LT(ErrorAfter({}, covariance_, 1e-2), 0.05);
  EXPECT_LT(ErrorAfter({{"variance_reduction", false}}, covariance_, 1e-2),
            0.05);
}

TEST_F(GaussianLongTest, NoisedSlicedLearnsThatOfTheNoisedRows) {
  const double level = 0.3;
  EXPECT_LT(
      ErrorAfter({{"noise_level", level}},
                 covariance_.add(at::eye(3, at::kDouble), level * level), 1e-2),
      0.03);
}

}  // namespace
}  // namespace scoreserve
