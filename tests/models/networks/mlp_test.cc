#include "models/networks/mlp.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>

#include "ATen/ops/from_blob.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "tests/models/networks/network_testing.h"

namespace scoreserve {
namespace {

double Silu(double a) { return a / (1.0 + std::exp(-a)); }

TEST(MlpTest, IsLinearSiluLinear) {
  const ModelConfig config =
      Config("mlp", 1, {}, {{"width", int64_t{2}}, {"layers", int64_t{1}}});
  const auto network =
      LoadNetwork(config, {{"layers.0.weight", {{2, 1}, {2.0f, -1.0f}}},
                           {"layers.0.bias", {{2}, {0.5f, 0.25f}}},
                           {"layers.1.weight", {{1, 2}, {3.0f, 5.0f}}},
                           {"layers.1.bias", {{1}, {0.125f}}}});
  ASSERT_TRUE(network.ok()) << network.status();
  float x = 0.75f;
  Workspace workspace;
  const at::Tensor score = (*network)->Score(
      {.x = at::from_blob(&x, {1, 1}, at::kFloat)}, workspace);
  EXPECT_NEAR(score.item<double>(), 3.0 * Silu(2.0) + 5.0 * Silu(-0.5) + 0.125,
              1e-6);
}

TEST(MlpTest, BeginsWithinPytorchsBounds) {
  const auto weights = New(Config("mlp", 16))->Weights();
  EXPECT_LE(weights[0].second.abs().max().item<double>(), 0.25);
  EXPECT_GT(weights[0].second.abs().max().item<double>(), 0.24);
}

TEST(MlpTest, RefusesANoiseLevel) {
  EXPECT_EQ(FieldOf(NewNetwork(Config("mlp", 2, kLevels), 1).status()),
            "label.kind");
}

}  // namespace
}  // namespace scoreserve
