// What holds for every objective that there is.

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/arange.h"
#include "ATen/ops/cat.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/equal.h"
#include "c10/core/GradMode.h"
#include "c10/core/InferenceMode.h"
#include "gtest/gtest.h"
#include "models/networks/score_network.h"
#include "models/objectives/objective.h"
#include "models/samplers/noise.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

class EveryObjectiveTest : public ::testing::TestWithParam<std::string> {
 protected:
  // A network that the objective can train: of two classes, at the times of a
  // process; or where it takes energies, one of those.
  struct Subject {
    ModelConfig config;
    OptionValues options;
  };
  static std::vector<Subject> Subjects() {
    ModelConfig timed;
    timed.network = "residual_mlp";
    timed.network_options = {{"width", int64_t{8}}, {"blocks", int64_t{1}}};
    timed.data.shape = {3};
    timed.label = {LabelKind::kTime, 0.01, 1.0};
    timed.process = ProcessConfig{.name = "vp", .options = {}};
    timed.classes = 2;
    ModelConfig energy;
    energy.network = "energy_mlp";
    energy.network_options = {{"width", int64_t{8}}};
    energy.data.shape = {3};
    return {{timed, {}}, {energy, {{"noise_level", 0.5}}}};
  }

  EveryObjectiveTest() {
    for (const Subject& subject : Subjects()) {
      auto objective =
          NewObjective(GetParam(), subject.options, subject.config);
      auto network = *NewNetwork(subject.config, 1);
      if (!objective.ok() || !(*objective)->CheckNetwork(*network).ok()) {
        continue;
      }
      objective_ = *std::move(objective);
      network_ = std::move(network);
      config_ = subject.config;
      break;
    }
    for (const auto& [name, weight] : network_->Weights()) {
      weight.add_(Normals(1, weight.numel(), 3).view(weight.sizes()), 0.2);
    }
  }

  static at::Tensor Normals(int64_t rows, int64_t dim, uint64_t seed) {
    const at::Tensor x = at::empty({rows, dim});
    FillNormals(NoiseKey{.seed = seed}, Purpose::kUser, rows, dim,
                x.mutable_data_ptr<float>());
    return x;
  }

  at::Tensor Losses(const ConditionedRows& rows, const NoiseKey& first) {
    return objective_->Losses(*network_, rows, first, workspace_);
  }

  // Of the two classes in turn, where there are any.
  ConditionedRows Data(int64_t rows) const {
    ConditionedRows data = {.x = Normals(rows, 3, 1)};
    if (config_.classes > 0) {
      data.condition = at::arange(rows, at::kLong).remainder(config_.classes);
    }
    return data;
  }

  ModelConfig config_;
  std::unique_ptr<Objective> objective_;
  std::unique_ptr<ScoreNetwork> network_;
  Workspace workspace_;
};

TEST_P(EveryObjectiveTest, DrawsFollowFromSeedStepAndRow) {
  const ConditionedRows x = Data(4);
  const at::Tensor losses = Losses(x, {.seed = 1, .step = 2, .row = 3});
  EXPECT_TRUE(at::equal(losses, Losses(x, {.seed = 1, .step = 2, .row = 3})));
  EXPECT_FALSE(at::equal(losses, Losses(x, {.seed = 2, .step = 2, .row = 3})));
  EXPECT_FALSE(at::equal(losses, Losses(x, {.seed = 1, .step = 3, .row = 3})));
  EXPECT_FALSE(at::equal(losses, Losses(x, {.seed = 1, .step = 2, .row = 4})));
}

TEST_P(EveryObjectiveTest, CuttingABatchDoesNotChangeItsLosses) {
  const ConditionedRows x = Data(6);
  const at::Tensor whole = Losses(x, {.seed = 1, .step = 2, .row = 0});
  const at::Tensor parts =
      at::cat({Losses(x.Range(0, 2), {.seed = 1, .step = 2, .row = 0}),
               Losses(x.Range(2, 4), {.seed = 1, .step = 2, .row = 2})});
  EXPECT_LT(whole.sub(parts).div(whole).abs().max().item<double>(), 1e-5);
}

TEST_P(EveryObjectiveTest, GradientIsThatOfFiniteDifferences) {
  const ConditionedRows x = Data(64);
  const NoiseKey first = {.seed = 1};
  for (auto& [name, weight] : network_->Weights()) weight.requires_grad_(true);
  Losses(x, first).mean().backward();

  // Along a random direction of all weights, by Richardson's extrapolation.
  double slope = 0.0;
  std::vector<std::pair<at::Tensor, at::Tensor>> direction;
  uint64_t seed = 10;
  for (auto& [name, weight] : network_->Weights()) {
    const at::Tensor v =
        Normals(1, weight.numel(), seed++).view(weight.sizes());
    slope += weight.grad().mul(v).sum().item<double>();
    direction.emplace_back(weight, v);
  }
  const c10::NoGradGuard no_grad;
  const auto loss_at = [&](double step) {
    for (auto& [weight, v] : direction) weight.add_(v, step);
    const double loss = Losses(x, first).to(at::kDouble).mean().item<double>();
    for (auto& [weight, v] : direction) weight.sub_(v, step);
    return loss;
  };
  const auto central = [&](double h) {
    return (loss_at(h) - loss_at(-h)) / (2 * h);
  };
  const double h = 4e-3;
  EXPECT_NEAR((4 * central(h) - central(2 * h)) / 3, slope,
              2e-3 * std::abs(slope));
}

TEST_P(EveryObjectiveTest, ItsValueNeedsNoGradMode) {
  const at::Tensor losses =
      Losses(Data(6), {.seed = 1, .step = 2, .row = 0}).detach();
  const c10::InferenceMode inference;
  const at::Tensor again = Losses(Data(6), {.seed = 1, .step = 2, .row = 0});
  EXPECT_LT(losses.sub(again).div(losses).abs().max().item<double>(), 1e-5);
}

TEST_P(EveryObjectiveTest, RefusesAnOptionThatItHasNot) {
  EXPECT_FALSE(NewObjective(GetParam(), {{"colour", true}}, config_).ok());
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, EveryObjectiveTest,
    [] {
      std::vector<std::string> names;
      for (const ObjectiveKind& kind : ObjectiveKinds())
        names.push_back(kind.name);
      return ::testing::ValuesIn(names);
    }(),
    [](const auto& kind) { return kind.param; });

}  // namespace
}  // namespace scoreserve
