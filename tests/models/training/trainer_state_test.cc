#include "models/training/trainer_state.h"

#include <cstdint>
#include <memory>
#include <string>

#include "ATen/ops/arange.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/full.h"
#include "ATen/ops/zeros.h"
#include "gtest/gtest.h"
#include "models/samplers/noise.h"
#include "models/status.h"
#include "models/training/adam.h"
#include "models/training/trainer.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

struct Kind {
  std::string network, objective;
  LabelRule label = {};
  int64_t classes = 0;
};

const Kind kKinds[] = {
    {.network = "residual_mlp",
     .objective = "denoising",
     .label = {LabelKind::kNoiseLevel, 0.01, 50.0},
     .classes = 3},
    {.network = "mlp", .objective = "sliced"},
    {.network = "energy_mlp", .objective = "sliced"},
};

ConditionedRows Data(const Kind& kind) {
  const at::Tensor x = at::empty({50, 2});
  FillNormals(NoiseKey{.seed = 9}, Purpose::kUser, 50, 2,
              x.mutable_data_ptr<float>());
  if (kind.classes == 0) return {.x = x};
  return {.x = x,
          .condition = at::arange(50, at::kLong).remainder(kind.classes)};
}

std::unique_ptr<Trainer> New(const Kind& kind, uint64_t seed = 1,
                             int64_t width = 8) {
  ModelConfig config;
  config.network = kind.network;
  config.network_options = {{"width", width}};
  config.data.shape = {2};
  config.label = kind.label;
  config.classes = kind.classes;
  return *Trainer::New(config, *NewObjective(kind.objective, {}, config),
                       {.batch = 16, .warm_up = 5, .steps = 40}, seed);
}

void Train(Trainer& trainer, const Kind& kind, int steps) {
  for (int k = 0; k < steps; ++k) ASSERT_TRUE(trainer.Step(Data(kind)).ok());
}

std::string Bytes(const TrainerState& state) {
  return SerializeSafetensors(StateToArrays(state));
}

TEST(TrainerStateTest, AStoppedTrainerGoesOnBitForBit) {
  for (const Kind& kind : kKinds) {
    const auto whole = New(kind);
    Train(*whole, kind, 40);
    for (const int stop : {0, 1, 17, 39}) {
      const auto first = New(kind);
      Train(*first, kind, stop);
      // Through bytes, as it is kept.
      const auto arrays = ParseSafetensors(Bytes(first->State()));
      ASSERT_TRUE(arrays.ok()) << arrays.status();
      const auto second = New(kind);
      ASSERT_TRUE(second->Restore(*StateFromArrays(*arrays)).ok());
      EXPECT_EQ(second->steps_done(), stop);
      Train(*second, kind, 40 - stop);
      EXPECT_EQ(Bytes(second->State()), Bytes(whole->State()))
          << kind.network << " stopped at " << stop;
      EXPECT_EQ(second->HoldOutLoss(Data(kind)),
                whole->HoldOutLoss(Data(kind)));
    }
  }
}

TEST(TrainerStateTest, GoingBackIsExactToo) {
  const auto trainer = New(kKinds[0]);
  Train(*trainer, kKinds[0], 3);
  const TrainerState state = trainer->State();
  Train(*trainer, kKinds[0], 4);
  const std::string then = Bytes(trainer->State());
  ASSERT_TRUE(trainer->Restore(state).ok());
  EXPECT_EQ(Bytes(trainer->State()), Bytes(state));
  Train(*trainer, kKinds[0], 4);
  EXPECT_EQ(Bytes(trainer->State()), then);
}

TEST(TrainerStateTest, EveryPartOfItMatters) {
  const auto first = New(kKinds[0]);
  Train(*first, kKinds[0], 5);
  const TrainerState state = first->State();
  Train(*first, kKinds[0], 5);
  const std::string then = Bytes(first->State());
  TrainerState changed[] = {state, state, state, state, state};
  changed[0].weights.begin()->second.values[0] += 1.0f;
  changed[1].averaged.begin()->second.values[0] += 1.0f;
  changed[2].means.begin()->second.values[0] += 1.0f;
  changed[3].squares.begin()->second.values[0] += 1.0f;
  changed[4].steps_done += 1;
  for (const TrainerState& one : changed) {
    const auto second = New(kKinds[0]);
    ASSERT_TRUE(second->Restore(one).ok());
    Train(*second, kKinds[0], 5);
    EXPECT_NE(Bytes(second->State()), then);
  }
}

TEST(TrainerStateTest, AStateOfAnotherNetworkChangesNothing) {
  const auto trainer = New(kKinds[0]);
  Train(*trainer, kKinds[0], 2);
  const TrainerState mine = trainer->State();
  const auto refused = [&](const TrainerState& state) {
    const absl::Status status = trainer->Restore(state);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(Bytes(trainer->State()), Bytes(mine));
    return FieldOf(status).value_or("none").substr(0, 8);
  };
  EXPECT_EQ(refused(New(kKinds[0], 1, 16)->State()).substr(0, 7), "weights");
  TrainerState missing = mine;
  missing.means.erase(missing.means.begin());
  EXPECT_EQ(refused(missing).substr(0, 5), "means");
  TrainerState more = mine;
  more.averaged["more"] = {.shape = {1}, .values = {0.0f}};
  EXPECT_EQ(refused(more), "averaged");
}

TEST(TrainerStateTest, CountsOfStepsAreExact) {
  for (const int64_t steps :
       {int64_t{0}, (int64_t{1} << 24) + 1, int64_t{123'456'789'012'345}}) {
    EXPECT_EQ(StateFromArrays(StateToArrays({.steps_done = steps,
                                             .weights = {},
                                             .averaged = {},
                                             .means = {},
                                             .squares = {}}))
                  ->steps_done,
              steps);
  }
}

TEST(TrainerStateTest, RefusesArraysThatAreNoState) {
  const NamedArrays good = StateToArrays(New(kKinds[1])->State());
  NamedArrays arrays = good;
  arrays.erase("steps_done");
  EXPECT_EQ(StateFromArrays(arrays).status().message(),
            "steps_done must be given; was absent");
  arrays = good;
  arrays.erase("skipped");
  EXPECT_EQ(StateFromArrays(arrays).status().message(),
            "skipped must be given; was absent");
  arrays = good;
  arrays["steps_done"].values[1] = 0.5f;
  EXPECT_EQ(FieldOf(StateFromArrays(arrays).status()), "steps_done");
  arrays = good;
  arrays["momentum/last.weight"] = {.shape = {1}, .values = {0.0f}};
  EXPECT_EQ(FieldOf(StateFromArrays(arrays).status()), "momentum/last.weight");
}

TEST(AdamTest, GoesOnFromACountAsIfItHadCounted) {
  // A gradient of 1: means and squares follow from the count alone, and so does
  // where the weight goes.
  const at::Tensor gradient = at::full({3}, 1.0);
  at::Tensor w1 = at::zeros({3}), w2 = at::zeros({3});
  Adam counted({w1}, AdamOptions()), set({w2}, AdamOptions());
  for (int k = 0; k < 7; ++k) counted.Step({gradient}, 0.1);
  set.means()[0].copy_(counted.means()[0]);
  set.squares()[0].copy_(counted.squares()[0]);
  w2.copy_(w1);
  set.SetSteps(7);
  counted.Step({gradient}, 0.1);
  set.Step({gradient}, 0.1);
  EXPECT_TRUE(w1.equal(w2));
}

}  // namespace
}  // namespace scoreserve
