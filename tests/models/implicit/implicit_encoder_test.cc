#include "models/implicit/implicit_encoder.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/equal.h"
#include "ATen/ops/linalg_inv.h"
#include "ATen/ops/tensor.h"
#include "c10/core/GradMode.h"
#include "gtest/gtest.h"
#include "models/objectives/objective.h"
#include "models/training/trainer.h"
#include "tests/models/networks/network_testing.h"
#include "torch/csrc/autograd/autograd.h"

namespace scoreserve {
namespace {

TEST(ImplicitEncoderTest, CodesDependOnTheRowAndOnTheNoise) {
  const ImplicitEncoder encoder({.rows = 5, .noise = 3, .codes = 2, .width = 8},
                                /*seed=*/1);
  const at::Tensor x = Normals(4, 5, 1), noise = Normals(4, 3, 2);
  Workspace workspace;
  const at::Tensor z = encoder.Encode(x, noise, workspace);
  EXPECT_EQ(z.sizes(), at::IntArrayRef({4, 2}));
  EXPECT_FALSE(at::equal(encoder.Encode(x, noise.neg(), workspace), z));
  EXPECT_FALSE(at::equal(encoder.Encode(x.neg(), noise, workspace), z));
  const c10::NoGradGuard no_grad;
  EXPECT_LT(
      encoder.Encode(x, noise, workspace).sub(z).abs().max().item<double>(),
      1e-6);
}

TEST(ImplicitEncoderTest, TheSeedDecidesItsWeights) {
  const ImplicitEncoderOptions options = {.rows = 2, .width = 4};
  std::vector<std::pair<std::string, at::Tensor>> one, same, other;
  ImplicitEncoder(options, 1).AddWeights("encoder.", one);
  ImplicitEncoder(options, 1).AddWeights("encoder.", same);
  ImplicitEncoder(options, 2).AddWeights("encoder.", other);
  ASSERT_EQ(one.size(), 6);
  EXPECT_EQ(one[0].first, "encoder.layers.0.weight");
  EXPECT_TRUE(at::equal(one[0].second, same[0].second));
  EXPECT_FALSE(at::equal(one[0].second, other[0].second));
}

// z = μ + Lε has entropy log |det L| and a constant, so −H has the slope −L⁻ᵀ
// in L. The score of z is learnt by sliced score matching.
TEST(NegativeEntropyTest, ItsGradientIsFoundByALearntScore) {
  const at::Tensor mu = at::tensor({0.5f, -1.0f});
  const at::Tensor l =
      at::tensor({1.2f, 0.0f, -0.6f, 0.8f}).view({2, 2}).requires_grad_(true);
  const at::Tensor noise = Normals(20'000, 2, 1);
  const at::Tensor z = noise.matmul(l.t()).add(mu);

  const ModelConfig config =
      Config("mlp", 2, {},
             {{"width", int64_t{32}}, {"activation", std::string("softplus")}});
  auto trainer = Trainer::New(
      config, std::move(NewObjective("sliced", {}, config)).value(),
      {.batch = 256, .learning_rate = 3e-3, .steps = 1000, .ema = 0.99},
      /*seed=*/1);
  ASSERT_TRUE(trainer.ok()) << trainer.status();
  while ((*trainer)->steps_done() < 1000) {
    ASSERT_TRUE((*trainer)->Step({.x = z.detach()}).ok());
  }
  Workspace workspace;
  const at::Tensor scores =
      (*trainer)->averaged().Score({.x = z.detach()}, workspace);
  const at::Tensor slope = torch::autograd::grad(
      {NegativeEntropySurrogate(scores, z).mean()}, {l})[0];
  const at::Tensor expected = at::linalg_inv(l.detach()).t().neg();
  EXPECT_LT(slope.sub(expected).norm().item<double>(),
            0.1 * expected.norm().item<double>());
}

}  // namespace
}  // namespace scoreserve
