// What holds for every network that there is.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "ATen/ops/equal.h"
#include "c10/core/GradMode.h"
#include "c10/core/InferenceMode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/networks/score_network.h"
#include "models/status.h"
#include "tests/models/networks/network_testing.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class EveryNetworkTest : public ::testing::TestWithParam<std::string> {
 protected:
  ModelConfig Small() const {
    const NetworkKind& kind = **FindNetworkKind(GetParam());
    ModelConfig config = Config(kind.name, 6, kind.usual_label);
    // Some are of images alone.
    if (FieldOf(NewNetwork(config, 1).status()) == "data.shape") {
      config.data.shape = {2, 4};
    }
    return config;
  }

  ScoreInput Input(int64_t rows) const {
    ScoreInput input = {.x = Normals(rows, Small().data.dim(), 5),
                        .label = {},
                        .condition = {},
                        .guidance = {}};
    if (Small().label.kind != LabelKind::kNone) {
      input.label = Normals(rows, 1, 6).to(at::kDouble).exp().view({rows});
    }
    return input;
  }
};

TEST_P(EveryNetworkTest, SeedDecidesTheWeightsBitForBit) {
  const auto one = New(Small(), 7), same = New(Small(), 7),
             other = New(Small(), 8);
  bool differs = false;
  for (size_t i = 0; i < one->Weights().size(); ++i) {
    EXPECT_TRUE(at::equal(one->Weights()[i].second, same->Weights()[i].second));
    differs |= !at::equal(one->Weights()[i].second, other->Weights()[i].second);
  }
  EXPECT_TRUE(differs);
}

TEST_P(EveryNetworkTest, SavedWeightsLoadToTheSameScore) {
  const auto network = New(Small(), 7);
  if (network->trainable()) Shake(*network, 0.1);
  const auto loaded = LoadNetwork(Small(), SaveWeights(*network));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  Workspace workspace, other;
  EXPECT_TRUE(at::equal(network->Score(Input(5), workspace),
                        (*loaded)->Score(Input(5), other)));
}

TEST_P(EveryNetworkTest, ServesWhatItTrains) {
  const auto network = New(Small(), 7);
  if (network->trainable()) Shake(*network, 0.1);
  Workspace workspace;
  const at::Tensor recorded = network->Score(Input(9), workspace);
  const c10::InferenceMode inference;
  // Twice, and with fewer rows between: buffers are used again.
  for (const int64_t rows : {9, 4, 9, 12, 9}) {
    const at::Tensor served = network->Score(Input(rows), workspace);
    const int64_t common = std::min<int64_t>(rows, 9);
    const at::Tensor difference =
        served.narrow(0, 0, common).sub(recorded.detach().narrow(0, 0, common));
    EXPECT_LT(difference.abs().max().item<double>(), 2e-5);
  }
}

TEST_P(EveryNetworkTest, LeavesItsInputAlone) {
  const auto network = New(Small(), 7);
  const c10::InferenceMode inference;
  const ScoreInput input = Input(3);
  const at::Tensor before = input.x.clone();
  Workspace workspace;
  network->Score(input, workspace);
  EXPECT_TRUE(at::equal(input.x, before));
}

TEST_P(EveryNetworkTest, WorkspaceServesOutsideAndInsideInferenceMode) {
  const auto network = New(Small(), 7);
  Workspace workspace;
  for (int i = 0; i < 2; ++i) {
    {
      const c10::InferenceMode inference;
      network->Score(Input(3), workspace);
    }
    {
      const c10::NoGradGuard no_grad;
      network->Score(Input(3), workspace);
    }
  }
}

TEST_P(EveryNetworkTest, IsDifferentiableInXAndInItsWeights) {
  const auto network = New(Small(), 7);
  ScoreInput input = Input(3);
  input.x.requires_grad_(true);
  Workspace workspace;
  EXPECT_TRUE(network->Score(input, workspace).requires_grad());
  if (!network->trainable()) return;
  input.x = input.x.detach();
  for (auto& [name, weight] : network->Weights()) {
    EXPECT_FALSE(weight.requires_grad()) << name;
    weight.requires_grad_(true);
    EXPECT_TRUE(network->Score(input, workspace).requires_grad()) << name;
    weight.requires_grad_(false);
  }
}

TEST_P(EveryNetworkTest, MadeInInferenceModeItMayStillBeTrained) {
  const c10::InferenceMode inference;
  const auto network = New(Small(), 7);
  for (const auto& [name, weight] : network->Weights()) {
    EXPECT_FALSE(weight.is_inference()) << name;
  }
}

TEST_P(EveryNetworkTest, RefusesArraysThatAreNotItsOwn) {
  const NamedArrays good = SaveWeights(*New(Small(), 7));
  const std::string name = good.begin()->first;

  NamedArrays missing = good;
  missing.erase(name);
  const absl::Status no_array = LoadNetwork(Small(), missing).status();
  EXPECT_EQ(ReasonOf(no_array), Reason::kCorruptModel);
  EXPECT_THAT(no_array.message(),
              HasSubstr("there is no array '" + name + "'"));

  NamedArrays more = good;
  more["intruder"] = {.shape = {1}, .values = {1.0f}};
  EXPECT_THAT(LoadNetwork(Small(), more).status().message(),
              HasSubstr("'intruder' is none of network"));

  NamedArrays bent = good;
  bent[name] = {.shape = {1, 1, 1}, .values = {1.0f}};
  EXPECT_THAT(LoadNetwork(Small(), bent).status().message(),
              HasSubstr("was [1, 1, 1]"));
}

TEST_P(EveryNetworkTest, RefusesAnOptionThatItHasNot) {
  ModelConfig config = Small();
  config.network_options["colour"] = std::string("red");
  EXPECT_EQ(FieldOf(NewNetwork(config, 1).status()), "network.options.colour");
}

TEST_P(EveryNetworkTest, TakesClassesOrRefusesThem) {
  ModelConfig config = Small();
  config.classes = 4;
  const auto network = NewNetwork(config, 1);
  if (network.ok()) {
    EXPECT_EQ((*network)->classes(), 4);
  } else {
    EXPECT_EQ(network.status().message(),
              "classes must be 0 for network '" + GetParam() + "'; was 4");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, EveryNetworkTest,
    [] {
      std::vector<std::string> names;
      for (const NetworkKind& kind : NetworkKinds()) names.push_back(kind.name);
      return ::testing::ValuesIn(names);
    }(),
    [](const auto& kind) { return kind.param; });

TEST(NetworkListTest, UnknownNameListsTheNamesThatThereAre) {
  const absl::Status status = NewNetwork(Config("resnet", 2), 1).status();
  EXPECT_THAT(std::string(status.message()),
              StartsWith("there is no network 'resnet'; there are: "));
  for (const NetworkKind& kind : NetworkKinds()) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(kind.name));
  }
}

}  // namespace
}  // namespace scoreserve
