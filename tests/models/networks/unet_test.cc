#include "models/networks/unet.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "ATen/ops/equal.h"
#include "ATen/ops/zeros.h"
#include "c10/core/GradMode.h"
#include "gtest/gtest.h"
#include "models/networks/convolution.h"
#include "models/status.h"
#include "tests/models/networks/network_testing.h"

namespace scoreserve {
namespace {

ModelConfig Small(std::vector<int64_t> shape) {
  ModelConfig config = Config("unet", 1, kLevels, {{"channels", int64_t{4}}});
  config.data.shape = std::move(shape);
  return config;
}

TEST(UnetTest, FreshNetworkIsTheScoreOfWhiteData) {
  const auto network = New(Small({3, 4, 6}));
  const at::Tensor x = Normals(3, 72, 1);
  const std::vector<double> levels = {0.01, 1.0, 50.0};
  Workspace workspace;
  const at::Tensor score =
      network->Score({.x = x, .label = Labels(levels)}, workspace);
  for (int64_t i = 0; i < 3; ++i) {
    const double level = levels[static_cast<size_t>(i)];
    const double expected = -x[i][2].item<double>() / (1.0 + level * level);
    EXPECT_NEAR(score[i][2].item<double>(), expected,
                1e-6 * std::abs(expected));
  }
}

// A picture moved by two pixels gives the answer moved by two pixels, away from
// the edges: what sets it apart from a perceptron.
TEST(UnetTest, AnswersMoveWithThePicture) {
  const auto network = New(Small({32, 32}));
  Shake(*network, 0.1);
  // Means over the groups are those of all pixels, so content stays inside.
  at::Tensor x = at::zeros({1, 32, 32});
  x.narrow(1, 12, 6).narrow(2, 12, 6).copy_(Normals(1, 36, 1).view({1, 6, 6}));
  const at::Tensor moved = x.roll({2, -4}, {1, 2});
  Workspace workspace;
  const auto score = [&](const at::Tensor& image) {
    return network
        ->Score({.x = image.reshape({1, 1024}), .label = Labels({0.5})},
                workspace)
        .detach()
        .view({1, 32, 32});
  };
  // Away from the edges' reach, and away from where the picture is not.
  const auto middle = [](const at::Tensor& image) {
    return image.narrow(1, 10, 10).narrow(2, 10, 10);
  };
  const at::Tensor back = score(moved).roll({-2, 4}, {1, 2});
  const at::Tensor still = score(x);
  const double size = middle(still).norm().item<double>();
  EXPECT_LT(middle(back.sub(still)).norm().item<double>(), 0.02 * size);
  EXPECT_GT(middle(still.roll({1}, {1}).sub(still)).norm().item<double>(),
            0.2 * size);
}

TEST(UnetTest, RefusesRowsThatAreNoImagesOfEvenSize) {
  for (const std::vector<int64_t>& shape : std::vector<std::vector<int64_t>>{
           {8}, {8, 7}, {7, 8}, {3, 8, 7}, {1, 1, 8, 8}}) {
    EXPECT_EQ(FieldOf(NewNetwork(Small(shape), 1).status()), "data.shape");
  }
  EXPECT_EQ(NewNetwork(Small({6}), 1).status().message(),
            "data.shape must be [height, width] or [channels, height, width], "
            "height and width even, for network 'unet'; was [6]");
}

TEST(UnetTest, RefusesALabelThatIsNone) {
  ModelConfig config = Small({8, 8});
  config.label = {};
  EXPECT_EQ(FieldOf(NewNetwork(config, 1).status()), "label.kind");
  config.label = kLevelsFromZero;
  EXPECT_EQ(FieldOf(NewNetwork(config, 1).status()), "label.min");
}

TEST(UnetTest, ClassesChangeTheScore) {
  ModelConfig config = Small({4, 4});
  config.classes = 3;
  const auto network = New(config);
  Shake(*network, 0.3);
  const at::Tensor x = Normals(1, 16, 1).repeat({3, 1});
  Workspace workspace;
  const at::Tensor score =
      network->Score({.x = x,
                      .label = Labels({0.5, 0.5, 0.5}),
                      .condition = Classes({0, 2, kNoCondition})},
                     workspace);
  EXPECT_FALSE(at::equal(score[0], score[1]));
  EXPECT_FALSE(at::equal(score[0], score[2]));
  const at::Tensor without =
      network->Score({.x = x, .label = Labels({0.5, 0.5, 0.5})}, workspace);
  EXPECT_LT(without[2].sub(score[2]).abs().max().item<double>(), 1e-5);
}

// LibTorch's is used to serve, its parts to train.
TEST(GroupNormTest, GroupsHaveMeanZeroAndVarianceOne) {
  const GroupNorm norm(12);  // In 4 groups.
  const at::Tensor x =
      Normals(2, 12 * 6, 1).mul(3.0).add(1.0).view({2, 12, 2, 3});
  const at::Tensor y = norm.Forward(x);
  const at::Tensor groups = y.view({2, 4, 18});
  EXPECT_LT(groups.mean(-1).abs().max().item<double>(), 1e-6);
  EXPECT_LT(groups.square().mean(-1).sub(1.0).abs().max().item<double>(), 1e-5);
  const c10::NoGradGuard no_grad;
  EXPECT_LT(norm.Forward(x).sub(y).abs().max().item<double>(), 1e-5);
}

}  // namespace
}  // namespace scoreserve
