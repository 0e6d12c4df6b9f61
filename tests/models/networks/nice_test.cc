#include "models/networks/nice.h"

#include <cmath>
#include <cstdint>

#include "ATen/ops/empty.h"
#include "ATen/ops/full.h"
#include "ATen/ops/linspace.h"
#include "ATen/ops/meshgrid.h"
#include "ATen/ops/stack.h"
#include "c10/core/InferenceMode.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "tests/models/networks/network_testing.h"

namespace scoreserve {
namespace {

ModelConfig Small(int64_t dim) {
  return Config("nice", dim, {},
                {{"width", int64_t{16}}, {"layers", int64_t{1}}});
}

// By the midpoint rule, which converges exponentially for what is smooth and
// ends far from the edge.
TEST(NiceTest, TheDensityIntegratesToOne) {
  const auto network = New(Small(2), 3);
  Shake(*network, 0.3);
  constexpr int64_t kSide = 801;
  constexpr double kEnd = 40.0, kCell = 2.0 * kEnd / (kSide - 1);
  const at::Tensor axis = at::linspace(-kEnd, kEnd, kSide);
  const auto grid = at::meshgrid({axis, axis}, "ij");
  const c10::InferenceMode inference;
  Workspace workspace;
  const at::Tensor energy = network->Energy(
      {.x = at::stack({grid[0].reshape({-1}), grid[1].reshape({-1})}, 1)},
      workspace);
  EXPECT_EQ(energy.scalar_type(), at::kDouble);
  const double mass = energy.neg().exp().sum().item<double>() * kCell * kCell;
  EXPECT_NEAR(mass, 1.0, 1e-4);
}

TEST(NiceTest, WithoutCouplingsCoordinatesAreScaledLogistic) {
  const auto network = New(Small(5));
  for (const auto& [name, weight] : network->Weights()) {
    if (name == "log_scale") {
      weight.copy_(Normals(1, 5, 2).view({5}).mul(0.5));
    } else {
      weight.zero_();
    }
  }
  const at::Tensor s = network->Weights().back().second;
  const at::Tensor x = Normals(7, 5, 3).mul(3.0);
  Workspace workspace;
  const ScoreAndEnergy got = network->ScoreWithEnergy({.x = x}, workspace);
  const at::Tensor scale = s.exp(), h = x.mul(scale);
  const at::Tensor expected = h.mul(0.5).tanh().mul(scale).neg();
  EXPECT_LT(got.score.sub(expected).abs().max().item<double>(), 1e-5);
  // −log of exp(−h)/(1 + exp(−h))² · exp(s).
  const at::Tensor energy =
      h.add(h.neg().exp().log1p(), 2.0).sub(s).sum(1).to(at::kDouble);
  EXPECT_LT(got.energy.sub(energy).abs().max().item<double>(), 1e-4);
}

// One coupling moves the odd coordinates alone, two the even ones by what the
// odd ones have become.
TEST(NiceTest, CouplingsMoveOneHalfByTheOther) {
  ModelConfig config = Small(2);
  config.network_options["layers"] = int64_t{0};
  config.network_options["couplings"] = int64_t{2};
  const auto network = New(config);
  const auto weights = network->Weights();
  ASSERT_EQ(weights[0].first, "couplings.0.layers.0.weight");
  weights[0].second.fill_(2.0);  // y ← y + 2x + 1
  weights[1].second.fill_(1.0);
  weights[2].second.fill_(-3.0);  // x ← x − 3y
  weights[3].second.fill_(0.0);
  const double x = 0.4, y = -0.7;
  const double moved_y = y + 2.0 * x + 1.0, moved_x = x - 3.0 * moved_y;
  const auto minus_log = [](double h) {
    return h + 2.0 * std::log1p(std::exp(-h));
  };
  const at::Tensor row = at::empty({1, 2});
  row.mutable_data_ptr<float>()[0] = static_cast<float>(x);
  row.mutable_data_ptr<float>()[1] = static_cast<float>(y);
  Workspace workspace;
  EXPECT_NEAR(network->Energy({.x = row}, workspace).item<double>(),
              minus_log(moved_x) + minus_log(moved_y), 1e-5);
}

// Where 1 + exp(−|h|) is 1, |h| is left.
TEST(NiceTest, TailsAreExactWhereExponentialsVanish) {
  const auto network = New(Small(2));
  for (const auto& [name, weight] : network->Weights()) weight.zero_();
  Workspace workspace;
  const at::Tensor far = at::full({1, 2}, 200.0);
  const ScoreAndEnergy got = network->ScoreWithEnergy({.x = far}, workspace);
  EXPECT_DOUBLE_EQ(got.energy.item<double>(), 400.0);
  EXPECT_EQ(got.score.sum().item<double>(), -2.0);
}

TEST(NiceTest, RefusesALabelAndARowOfOneNumber) {
  ModelConfig labelled = Small(4);
  labelled.label = kLevels;
  EXPECT_EQ(FieldOf(NewNetwork(labelled, 1).status()), "label.kind");
  EXPECT_EQ(FieldOf(NewNetwork(Small(1), 1).status()), "data.shape");
}

}  // namespace
}  // namespace scoreserve
