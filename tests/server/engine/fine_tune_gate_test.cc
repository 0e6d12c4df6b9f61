// What a job publishes, and takes back, on streams whose law moves.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"
#include "ATen/ops/empty.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/objectives/objective.h"
#include "models/training/trainer.h"
#include "tests/server/engine/fine_tune_rig.h"
#include "tests/support/one_thread.h"
#include "tests/support/two_modes.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

constexpr char kJob[] = "models/modes/fineTunes/job";

// One that has learnt two modes at ±1.5.
ModelFiles LearntFiles() {
  ModelFiles files = TwoModesFiles();
  const std::vector<float> x = TwoModeRows(1.5, 8192, 0);
  at::Tensor rows = at::empty({8192, 1});
  std::copy(x.begin(), x.end(), rows.mutable_data_ptr<float>());
  const auto trainer =
      *Trainer::New(files.config, *NewObjective("sliced", {}, files.config),
                    {.warm_up = 0, .steps = 1000, .ema = 0.99}, 1);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(trainer->Step({.x = rows}).ok());
  files.arrays = trainer->EmaWeights();
  return files;
}

double ScoreError(const ModelSnapshot& model, double mean) {
  return TwoModes::SquaredError(*model.network, mean);
}

FineTuneSpec MovingSpec() {
  FineTuneSpec spec;
  spec.model = "modes";
  spec.trainer_options = {{"warm_up", int64_t{0}}, {"ema", 0.99}};
  spec.buffer = {.capacity = 16384, .hold_out_share = 0.3};
  spec.publish_interval = absl::Milliseconds(200);
  return spec;
}

TEST(FineTuneGateTest, TheVersionInServiceFollowsALawThatMoved) {
  FineTuneRig rig(LearntFiles());
  const double before = ScoreError(*rig.Served(), 2.5);
  FineTuneSpec spec = MovingSpec();
  spec.steps = 600;
  ASSERT_TRUE(rig.Create("job", spec).ok());
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_TRUE(rig.Append(kJob, 0, TwoModeRows(2.5, 8192, 100'000)).ok());
  const FineTuneStatus status = rig.AwaitEnd(kJob);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun)
          .count();
  EXPECT_EQ(status.step, 600);
  const double after = ScoreError(*rig.Served(), 2.5);
  EXPECT_LT(after, before / 50.0) << before << " in " << seconds << " s";
  RecordProperty("ratio", std::to_string(before / after));
  RecordProperty("seconds", std::to_string(seconds));
}

TEST(FineTuneGateTest, WhatAReturningLawMakesWorseIsRolledBack) {
  FineTuneRig rig(LearntFiles());
  FineTuneSpec spec = MovingSpec();
  spec.buffer.capacity = 65536;
  ASSERT_TRUE(rig.Create("job", spec).ok());
  ASSERT_TRUE(rig.Append(kJob, 0, TwoModeRows(2.5, 60'000, 100'000)).ok());
  rig.AwaitStatus(kJob,
                  [](const auto& status) { return !status.published.empty(); });
  // Paused, so that what comes first is all of what the next check sees.
  ASSERT_TRUE(rig.Do(&FineTunes::Pause, kJob).ok());
  const int64_t shifted = rig.InService();
  // Back again: 1,200 live held-out rows an interval.
  ASSERT_TRUE(rig.Append(kJob, 60'000, TwoModeRows(1.5, 4'000, 200'000)).ok());
  ASSERT_TRUE(rig.Do(&FineTunes::Resume, kJob).ok());
  const FineTuneStatus suspect = rig.AwaitStatus(kJob, [](const auto& now) {
    return now.not_published.find("was worse than the one before") !=
           std::string::npos;
  });
  EXPECT_EQ(rig.InService(), shifted);
  EXPECT_EQ(suspect.state, FineTuneState::kRunning);
  ASSERT_TRUE(rig.Append(kJob, 64'000, TwoModeRows(1.5, 4'000, 210'000)).ok());
  const FineTuneStatus back = rig.AwaitStatus(kJob, [](const auto& now) {
    return now.state != FineTuneState::kRunning &&
           now.published.back().rolled_back;
  });
  EXPECT_EQ(back.state, FineTuneState::kPaused);
  EXPECT_THAT(back.note, HasSubstr("rolled back from version"));
  EXPECT_EQ(rig.InService(),
            back.published.back().comparison.reference_version);
  EXPECT_LT(ScoreError(*rig.Served(), 1.5), 5.0);
}

}  // namespace
}  // namespace scoreserve
