// How jobs end where the disk is full just then.

#include <cstdint>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/engine/fine_tune_rig.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

constexpr char kJob[] = "models/modes/fineTunes/job";
constexpr int64_t kSteps = 300;

// The job as it is once all its steps are done, and none of them is durable.
FineTuneStatus EndOnAFullDisk(FineTuneRig& rig, FineTuneSpec spec) {
  spec.model = "modes";
  spec.buffer.hold_out_share = 0.0;
  EXPECT_TRUE(rig.Create("job", spec).ok());
  EXPECT_TRUE(
      rig.AppendThenFail(kJob, TwoModeRows(1.5, 1000, 0),
                         absl::ResourceExhaustedError("the disk is full"))
          .ok());
  return rig.AwaitStatus(kJob, [](const FineTuneStatus& s) {
    return HasEnded(s.state) || s.note.find("checkpoint") != std::string::npos;
  });
}

FineTuneSpec Spec(absl::Duration checkpoint_interval) {
  FineTuneSpec spec;
  spec.trainer_options = {{"batch", int64_t{64}}};
  spec.steps = kSteps;
  spec.checkpoint_interval = checkpoint_interval;
  return spec;
}

int64_t DurableStep(FineTuneRig& rig) {
  return rig.store()
      .ReadCheckpoint(kJob, [](const std::string&) {})
      .value()
      .step;
}

TEST(FineTuneEndTest, AJobEndsOnceItsLastCheckpointIsWritten) {
  FineTuneRig rig;
  const FineTuneStatus full = EndOnAFullDisk(rig, Spec(absl::Milliseconds(10)));
  EXPECT_EQ(full.state, FineTuneState::kRunning);
  EXPECT_EQ(full.step, kSteps);
  EXPECT_LT(full.checkpoint_step, kSteps);
  EXPECT_EQ(full.error.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(full.note, HasSubstr("last checkpoint"));
  rig.SetFault(absl::OkStatus());
  const FineTuneStatus end = rig.AwaitEnd(kJob);
  EXPECT_EQ(end.state, FineTuneState::kSucceeded);
  EXPECT_TRUE(end.error.ok()) << end.error;
  EXPECT_EQ(end.note, "");
  EXPECT_EQ(end.checkpoint_step, kSteps);
  rig.Stop();
  EXPECT_EQ(DurableStep(rig), kSteps);
}

TEST(FineTuneEndTest, AServerThatStopsTriesOnceMore) {
  FineTuneRig rig;
  EndOnAFullDisk(rig, Spec(absl::Hours(1)));
  rig.SetFault(absl::OkStatus());
  rig.Stop();
  EXPECT_EQ(DurableStep(rig), kSteps);
  rig.Start();
  const FineTuneStatus end = rig.AwaitEnd(kJob);
  EXPECT_EQ(end.state, FineTuneState::kSucceeded);
  EXPECT_EQ(end.step, kSteps);
}

TEST(FineTuneEndTest, AJobThatFailsKeepsItsStateToo) {
  FineTuneRig rig;
  FineTuneSpec spec = Spec(absl::Milliseconds(10));
  spec.trainer_options["learning_rate"] = 1e30;
  spec.trainer_options["warm_up"] = int64_t{0};
  const FineTuneStatus full = EndOnAFullDisk(rig, spec);
  EXPECT_EQ(full.state, FineTuneState::kRunning);
  EXPECT_EQ(full.skipped_steps, 10);
  rig.SetFault(absl::OkStatus());
  const FineTuneStatus end = rig.AwaitEnd(kJob);
  EXPECT_EQ(end.state, FineTuneState::kFailed);
  EXPECT_EQ(end.checkpoint_step, end.step);
  rig.Stop();
  EXPECT_EQ(DurableStep(rig), end.step);
}

TEST(FineTuneEndTest, ACancelDoesNotWaitForTheDisk) {
  FineTuneRig rig;
  EndOnAFullDisk(rig, Spec(absl::Hours(1)));
  rig.SetFault(absl::OkStatus());
  EXPECT_EQ(rig.Do(&FineTunes::Cancel, kJob)->state, FineTuneState::kCancelled);
}

}  // namespace
}  // namespace scoreserve
