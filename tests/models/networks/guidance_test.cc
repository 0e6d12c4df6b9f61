#include "models/networks/guidance.h"

#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "ATen/ops/equal.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "c10/core/InferenceMode.h"
#include "gtest/gtest.h"
#include "tests/models/networks/network_testing.h"

namespace scoreserve {
namespace {

// A residual_mlp of one class whose score at x = 0 and noise level 1 is exactly
// `unconditional` without the class and `conditional` with it, three
// coordinates each: the class turns the one block's h to (1500, −1500) or the
// other way, whose normalised form is (1, −1) or (−1, 1), of which the last
// layer is an affine function.
std::unique_ptr<ScoreNetwork> TwoScores(const float (&unconditional)[3],
                                        const float (&conditional)[3]) {
  ModelConfig config = Config("residual_mlp", 3, kLevels,
                              {{"width", int64_t{2}}, {"blocks", int64_t{1}}});
  config.classes = 1;
  std::unique_ptr<ScoreNetwork> network = New(config);
  std::map<std::string, at::Tensor> weights;
  for (const auto& [name, weight] : network->Weights()) {
    if (name.find("norm") == std::string::npos) weight.zero_();
    weights.emplace(name, weight);
  }
  weights.at("classes.weight")[0][0].fill_(30.0);
  weights.at("classes.weight")[1][0].fill_(-30.0);
  weights.at("blocks.0.e.weight")[0][0].fill_(1.0);
  weights.at("blocks.0.w2.weight")[0][0].fill_(100.0);
  weights.at("blocks.0.w2.weight")[1][0].fill_(-100.0);
  weights.at("blocks.0.w2.bias")[0].fill_(-1500.0);
  weights.at("blocks.0.w2.bias")[1].fill_(1500.0);
  // s = F / (u √(1 + u²)), at u = 1.
  const double root = std::sqrt(2.0);
  for (int64_t k = 0; k < 3; ++k) {
    const double with = root * conditional[k],
                 without = root * unconditional[k];
    weights.at("last.weight")[k][0].fill_((with - without) / 4.0);
    weights.at("last.weight")[k][1].fill_((without - with) / 4.0);
    weights.at("last.bias")[k].fill_((with + without) / 2.0);
  }
  return network;
}

TEST(GuidanceTest, MixesTheTwoScoresByTheRowsWeight) {
  const auto network = TwoScores({0.5f, 1.0f, -0.2f}, {-0.25f, 3.0f, 0.4f});
  const c10::InferenceMode inference;
  Workspace workspace;
  const at::Tensor score =
      GuidedScore(*network,
                  {.x = at::zeros({5, 3}),
                   .label = Labels({1.0, 1.0, 1.0, 1.0, 1.0}),
                   .condition = Classes({0, 0, 0, 0, kNoCondition}),
                   .guidance = at::tensor({2.5f, 0.5f, 0.0f, 1.0f, 7.0f})},
                  workspace);
  ASSERT_EQ(score.size(0), 5);
  EXPECT_NEAR(score[0][0].item<double>(), -1.375, 2e-6);
  EXPECT_NEAR(score[1][1].item<double>(), 2.0, 2e-6);
  EXPECT_NEAR(score[2][2].item<double>(), -0.2, 2e-6);
  // A weight of 1 is the conditional score; a row of no class has one score.
  EXPECT_NEAR(score[3][0].item<double>(), -0.25, 2e-6);
  EXPECT_NEAR(score[4][0].item<double>(), 0.5, 2e-6);
}

TEST(GuidanceTest, ARowTakesTwoEvaluationsWhereTwoScoresAreMixed) {
  EXPECT_EQ(EvaluationsOf(3, 2.0f), 2);
  EXPECT_EQ(EvaluationsOf(3, -1.0f), 2);
  EXPECT_EQ(EvaluationsOf(3, 1.0f), 1);
  EXPECT_EQ(EvaluationsOf(3, 0.0f), 1);
  EXPECT_EQ(EvaluationsOf(kNoCondition, 2.0f), 1);
}

TEST(GuidanceTest, RowsThatShareAPassGetWhatTheyGetAlone) {
  const auto network = New(TimedConfig("vp", 4, 3));
  Shake(*network, 0.3);
  const at::Tensor x = Normals(7, 4, 1);
  const at::Tensor label = Labels({0.9, 0.1, 0.5, 0.01, 0.2, 0.7, 0.3});
  const at::Tensor condition = Classes({0, 2, kNoCondition, 1, 1, 2, 0});
  const at::Tensor guidance =
      at::tensor({2.0f, 1.0f, 3.0f, 0.0f, -0.5f, 4.0f, 1.0f});
  const c10::InferenceMode inference;
  Workspace workspace, other;
  const ScoreInput input = {
      .x = x, .label = label, .condition = condition, .guidance = guidance};
  const at::Tensor together = GuidedScore(*network, input, workspace).clone();
  for (int64_t i = 0; i < 7; ++i) {
    const at::Tensor alone =
        GuidedScore(*network,
                    {.x = x.narrow(0, i, 1),
                     .label = label.narrow(0, i, 1),
                     .condition = condition.narrow(0, i, 1),
                     .guidance = guidance.narrow(0, i, 1)},
                    other);
    EXPECT_LT(together[i].sub(alone[0]).abs().max().item<double>(),
              1e-5 * alone.abs().max().item<double>())
        << "row " << i;
  }
}

TEST(GuidanceTest, LeavesItsInputAlone) {
  const auto network = New(TimedConfig("vp", 4, 3));
  const c10::InferenceMode inference;
  const ScoreInput input = {.x = Normals(2, 4, 1),
                            .label = Labels({0.5, 0.5}),
                            .condition = Classes({1, 2}),
                            .guidance = at::tensor({0.0f, 2.0f})};
  const at::Tensor x = input.x.clone(), condition = input.condition.clone();
  Workspace workspace;
  GuidedScore(*network, input, workspace);
  EXPECT_TRUE(at::equal(input.x, x));
  EXPECT_TRUE(at::equal(input.condition, condition));
}

}  // namespace
}  // namespace scoreserve
