#include "models/objectives/curvature.h"

#include <cstdint>
#include <string>
#include <vector>

#include "ATen/ops/cat.h"
#include "ATen/ops/empty.h"
#include "gtest/gtest.h"
#include "models/networks/score_network.h"
#include "models/objectives/directions.h"
#include "models/objectives/sliced.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

at::Tensor Normals(int64_t rows, int64_t dim, uint64_t seed) {
  const at::Tensor z = at::empty({rows, dim});
  FillNormals(NoiseKey{.seed = seed}, Purpose::kUser, rows, dim,
              z.mutable_data_ptr<float>());
  return z;
}

TEST(CurvatureTest, ForwardModeGivesTheSameLossAndGradient) {
  ModelConfig config;
  config.label = {LabelKind::kNoiseLevel, 0.01, 50.0};
  config.network = "residual_mlp";
  config.network_options = {{"width", int64_t{16}}, {"blocks", int64_t{2}}};
  config.data.shape = {6};
  const auto network = *NewNetwork(config, 3);
  uint64_t seed = 20;
  for (const auto& [name, weight] : network->Weights()) {
    weight.add_(Normals(1, weight.numel(), seed++).view(weight.sizes()), 0.2);
    weight.requires_grad_(true);
  }
  const ScoreInput input = {
      .x = Normals(32, 6, 1),
      .label = Normals(32, 1, 2).view({32}).to(at::kDouble).exp()};
  const at::Tensor v =
      DirectionsOf(Directions::kRademacher, Normals(64, 6, 3)).view({32, 2, 6});
  for (const bool variance_reduction : {true, false}) {
    std::vector<at::Tensor> losses, gradients;
    for (const auto way :
         {Differentiation::kDoubleBackward, Differentiation::kForwardMode}) {
      Workspace workspace;
      losses.push_back(
          SlicedLosses(*network, input, v, variance_reduction, workspace, way));
      losses.back().mean().backward();
      std::vector<at::Tensor> all;
      for (const auto& [name, weight] : network->Weights()) {
        all.push_back(weight.grad().flatten());
        weight.mutable_grad() = at::Tensor();
      }
      gradients.push_back(at::cat(all));
    }
    const auto differ = [](const std::vector<at::Tensor>& two) {
      return two[0].sub(two[1]).norm().item<double>() /
             two[0].norm().item<double>();
    };
    EXPECT_LT(differ(losses), 1e-5);
    EXPECT_LT(differ(gradients), 1e-5);
  }
}

}  // namespace
}  // namespace scoreserve
