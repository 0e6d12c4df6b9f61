#include "models/objectives/fd_denoising.h"

#include <cmath>
#include <cstdint>

#include "ATen/ops/full.h"
#include "ATen/ops/ones.h"
#include "gtest/gtest.h"
#include "models/objectives/directions.h"
#include "models/status.h"
#include "tests/models/objectives/objective_testing.h"

namespace scoreserve {
namespace {

// All of {−1, 1}^4 for each of 5 rows.
at::Tensor Corners() {
  return Matrix(16, 4,
                [](double i, double j) {
                  return int64_t(i) >> int64_t(j) & 1 ? 1.0 : -1.0;
                })
      .unsqueeze(0)
      .expand({5, 16, 4});
}

at::Tensor Levels(double level) { return at::full({5}, level, at::kDouble); }

// For a quadratic energy, and over all directions, it is the loss itself.
TEST(FdDenoisingTest, OverAllDirectionsItIsDenoisingScoreMatching) {
  const FormulaEnergy energy(4, [](const ScoreInput& in) {
    const at::Tensor a = Matrix(
        4, 4, [](double i, double j) { return std::cos(1 + i * j + i + j); });
    return in.x.matmul(a).mul(in.x).sum(1).mul(0.5);
  });
  const ConditionedRows rows = {.x = PublishedRows()};
  Workspace workspace;
  for (const double power : {0.0, 2.0, 4.0}) {
    const RowLevels levels = LevelsOfNoise(Levels(0.3));
    const at::Tensor whole = DenoisingLosses(
        energy, rows, levels, PublishedNoise(), power, workspace);
    for (const double h : {0.01, 0.5}) {
      const at::Tensor losses = FdDenoisingLosses(
          energy, rows, levels, PublishedNoise(), Corners(),
          at::full({5, 1, 1}, h, at::kDouble), power, workspace);
      EXPECT_LT(losses.sub(whole).abs().max().item<double>(), 1e-9);
    }
  }
}

// dsm_fd of the authors' own code (taufikxu/FD-ScoreMatching), of weight σ⁴ and
// along a direction of length √dim.
TEST(FdDenoisingTest, LossOfOneLevelIsThePublishedOne) {
  PublishedNetwork published;
  const FormulaEnergy energy(
      4, [&](const ScoreInput& in) { return published.Energy(in.x); });
  const at::Tensor w =
      DirectionsOf(Directions::kSphere, PublishedDirections()).unsqueeze(1);
  Workspace workspace;
  published.Expect(
      FdDenoisingLosses(energy, {.x = PublishedRows()},
                        LevelsOfNoise(Levels(0.3)), PublishedNoise(), w,
                        at::full({5, 1, 1}, 0.1, at::kDouble), 4.0, workspace)
          .mean(),
      .05255028435, .0009402315676);
}

// mdsm_fd, scaled as denoising_test.cc says for mdsm.
TEST(FdDenoisingTest, LossOverLevelsOfOneEnergyIsThePublishedOne) {
  const double target = 0.01;  // σ₀².
  const at::Tensor levels =
      Vector(5, [](double b) { return .05 + b * (1.2 - .05) / 4; });
  PublishedNetwork published;
  const FormulaEnergy energy(
      4,
      [&](const ScoreInput& in) {
        return published.Energy(in.x).mul(target).div(in.label.square());
      },
      LabelKind::kNoiseLevel);
  const at::Tensor w =
      DirectionsOf(Directions::kSphere, PublishedDirections()).unsqueeze(1);
  Workspace workspace;
  published.Expect(
      FdDenoisingLosses(energy, {.x = PublishedRows()}, LevelsOfNoise(levels),
                        PublishedNoise(), w,
                        HeightsOf(0.05, at::ones({5}, at::kDouble), 4), 2.0,
                        workspace)
          .mean()
          .mul(2e-4 / (target * target)),
      1.130919693, .001930406659);
}

TEST(FdDenoisingTest, RefusesANetworkWithoutEnergyAndRowsWithoutNoise) {
  ModelConfig config;
  config.network = "mlp";
  config.data.shape = {2};
  const auto objective = *NewFdDenoising({{"noise_level", 0.1}}, config);
  EXPECT_EQ(ReasonOf(objective->CheckNetwork(**NewNetwork(config, 1))),
            Reason::kUnsuitableModel);
  config.network = "energy_mlp";
  EXPECT_TRUE(objective->CheckNetwork(**NewNetwork(config, 1)).ok());
  EXPECT_EQ(FieldOf(NewFdDenoising({}, config).status()), "noise_level");
  EXPECT_EQ(
      FieldOf(NewFdDenoising({{"noise_level", 0.1}, {"step", 1e-3}}, config)
                  .status()),
      "step");
}

}  // namespace
}  // namespace scoreserve
