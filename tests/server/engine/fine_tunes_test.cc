#include "server/engine/fine_tunes.h"

#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "tests/server/engine/fine_tune_rig.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

constexpr char kJob[] = "models/modes/fineTunes/job";

FineTuneSpec Spec(int64_t steps = 50) {
  FineTuneSpec spec;
  spec.model = "modes";
  spec.trainer_options = {{"batch", int64_t{64}}, {"ema", 0.9}};
  spec.steps = steps;
  spec.publish_interval = absl::Milliseconds(50);
  return spec;
}

TEST(FineTunesTest, AJobTrainsToItsEndAndPublishesWhatIsBetter) {
  FineTuneRig rig;
  ASSERT_TRUE(rig.Create("job", Spec(200)).ok());
  ASSERT_EQ(rig.Append(kJob, 0, TwoModeRows(1.5, 8000, 0)).value(), 8000);
  const FineTuneStatus status = rig.AwaitEnd(kJob);
  EXPECT_EQ(status.state, FineTuneState::kSucceeded) << status.error;
  EXPECT_EQ(status.step, 200);
  EXPECT_NEAR(static_cast<double>(status.hold_out_rows), 800.0, 120.0);
  ASSERT_FALSE(status.published.empty()) << status.not_published;
  EXPECT_EQ(status.published.back().version, rig.InService());
  EXPECT_EQ(status.published[0].comparison.reference_version, 1);
  for (const PublishedVersion& published : status.published) {
    EXPECT_GT(published.comparison.improvement,
              3.0 * published.comparison.standard_error);
  }
  // Its base is what "stable" was, and a repeat the same job.
  EXPECT_EQ(status.base_version, 1);
  EXPECT_EQ(rig.Create("job", Spec(200))->step, 200);
  // The alias was set by the job: nothing is served for being the newest.
  EXPECT_EQ(rig.repository().ReadDesired("modes")->aliases.at("stable"),
            rig.InService());
}

TEST(FineTunesTest, AJobThatHasEndedHoldsNoVersion) {
  FineTuneRig rig;
  ASSERT_TRUE(rig.Create("job", Spec(200)).ok());
  ASSERT_EQ(rig.Append(kJob, 0, TwoModeRows(1.5, 8000, 0)).value(), 8000);
  ASSERT_FALSE(rig.AwaitEnd(kJob).published.empty());
  rig.engine().Drain(absl::ZeroDuration());  // The device's thread has ended.
  std::vector<std::weak_ptr<const ModelSnapshot>> replaced;
  for (int64_t version = 1; version < rig.InService(); ++version) {
    replaced.push_back(*rig.registry().Find(
        {.name = "modes", .version = version, .alias = {}}));
    ASSERT_TRUE(rig.repository().Delete("modes", version).ok());
  }
  ASSERT_TRUE(rig.registry().Poll().ok());
  for (const auto& snapshot : replaced) EXPECT_TRUE(snapshot.expired());
}

TEST(FineTunesTest, TheSameIdAndSpecAgainIsTheSameJob) {
  FineTuneRig rig;
  ASSERT_TRUE(rig.Create("job", Spec()).ok());
  EXPECT_EQ(rig.Create("job", Spec())->name, kJob);
  FineTuneSpec other = Spec();
  other.seed = 2;
  const auto refused = rig.Create("job", other);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(refused.status()), Reason::kJobExists);
}

TEST(FineTunesTest, ASpecThatCannotBeIsRefusedWithItsField) {
  FineTuneRig rig;
  const auto field = [&](const std::function<void(FineTuneSpec&)>& change) {
    FineTuneSpec spec = Spec();
    change(spec);
    return FieldOf(rig.Create("bad", spec).status()).value_or("none");
  };
  EXPECT_EQ(field([](auto& s) { s.objective = "nothing"; }), "objective");
  EXPECT_EQ(field([](auto& s) { s.trainer_options["batch"] = int64_t{0}; }),
            "trainer_options.batch");
  EXPECT_EQ(field([](auto& s) { s.buffer.hold_out_share = 0.95; }),
            "hold_out_share");
  EXPECT_EQ(field([](auto& s) { s.model = "Modes"; }), "base.name");
  FineTuneSpec gone = Spec();
  gone.base_version = 7;
  EXPECT_EQ(ReasonOf(rig.Create("bad", gone).status()),
            Reason::kVersionNotFound);
  gone.model = "none";
  EXPECT_EQ(ReasonOf(rig.Create("bad", gone).status()), Reason::kModelNotFound);
  EXPECT_TRUE(rig.jobs().List("").empty());
}

TEST(FineTunesTest, RepeatedRowsAreNotAddedAgainAndAGapIsRefused) {
  FineTuneRig rig;
  FineTuneSpec spec = Spec();
  spec.min_rows = 60000;  // Never trains.
  ASSERT_TRUE(rig.Create("job", spec).ok());
  const std::vector<float> rows = TwoModeRows(1.5, 100, 0);
  EXPECT_EQ(rig.Append(kJob, 0, rows).value(), 100);
  EXPECT_EQ(rig.Append(kJob, 0, rows).value(), 100);
  EXPECT_EQ(rig.Append(kJob, 60, rows).value(), 160);
  EXPECT_EQ(rig.Append(kJob, 160, {}).value(), 160);
  const auto gap = rig.Append(kJob, 161, rows);
  EXPECT_EQ(ReasonOf(gap.status()), Reason::kOffsetGap);
  EXPECT_EQ(FieldOf(gap.status()), "first_offset");
  EXPECT_EQ(rig.jobs().Get(kJob)->rows, 160);
}

TEST(FineTunesTest, RowsThatAreNotFiniteAreRefusedWithTheirIndex) {
  FineTuneRig rig;
  ASSERT_TRUE(rig.Create("job", Spec()).ok());
  std::vector<float> rows = TwoModeRows(1.5, 10, 0);
  rows[7] = INFINITY;
  const auto refused = rig.Append(kJob, 0, rows);
  EXPECT_EQ(FieldOf(refused.status()), "x[7]");
  EXPECT_EQ(rig.jobs().Get(kJob)->rows, 0);
}

TEST(FineTunesTest, AQuotaThatIsReachedSaysWhatWasKept) {
  FineTuneRig rig;
  FineTuneSpec spec = Spec();
  spec.max_rows = 150;
  ASSERT_TRUE(rig.Create("rows", spec).ok());
  const std::string name = "models/modes/fineTunes/rows";
  EXPECT_EQ(rig.Append(name, 0, TwoModeRows(1.5, 100, 0)).value(), 100);
  auto refused = rig.Append(name, 100, TwoModeRows(1.5, 100, 0));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused.status()), Reason::kQuotaReached);
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("100 rows before are kept"));
  // Bytes are those of rows that are kept: a small window never reaches it.
  spec = Spec(0);
  spec.max_bytes = 64 * 1024;
  spec.buffer.capacity = 256;
  spec.buffer.hold_out_share = 0.0;
  ASSERT_TRUE(rig.Create("window", spec).ok());
  for (int64_t offset = 0; offset < 100'000; offset += 5000) {
    EXPECT_EQ(rig.Append("models/modes/fineTunes/window", offset,
                         TwoModeRows(1.5, 5000, 0))
                  .value(),
              offset + 5000);
  }
}

TEST(FineTunesTest, PauseResumeCancelAndDeleteDoAsTheySay) {
  FineTuneRig rig;
  ASSERT_TRUE(rig.Create("job", Spec(0)).ok());
  ASSERT_TRUE(rig.Append(kJob, 0, TwoModeRows(1.5, 1000, 0)).ok());
  rig.AwaitStatus(kJob, [](const auto& status) { return status.step > 5; });
  EXPECT_EQ(rig.Do(&FineTunes::Pause, kJob)->state, FineTuneState::kPaused);
  EXPECT_EQ(rig.Do(&FineTunes::Pause, kJob)->state, FineTuneState::kPaused);
  EXPECT_EQ(rig.Append(kJob, 1000, TwoModeRows(1.5, 10, 0)).value(), 1010);
  const int64_t paused_at = rig.jobs().Get(kJob)->step;
  EXPECT_EQ(rig.Do(&FineTunes::Resume, kJob)->state, FineTuneState::kRunning);
  rig.AwaitStatus(
      kJob, [&](const auto& status) { return status.step > paused_at + 5; });
  EXPECT_EQ(rig.Do(&FineTunes::Cancel, kJob)->state, FineTuneState::kCancelled);
  // A cancel after the end is harmless; anything else is too late.
  EXPECT_EQ(rig.Do(&FineTunes::Cancel, kJob)->state, FineTuneState::kCancelled);
  EXPECT_EQ(ReasonOf(rig.Do(&FineTunes::Resume, kJob).status()),
            Reason::kJobEnded);
  EXPECT_EQ(ReasonOf(rig.Append(kJob, 1010, {1.0f}).status()),
            Reason::kJobEnded);
  EXPECT_TRUE(rig.Do(&FineTunes::Delete, kJob).ok());
  EXPECT_EQ(ReasonOf(rig.Do(&FineTunes::Delete, kJob).status()),
            Reason::kJobNotFound);
  EXPECT_EQ(ReasonOf(rig.jobs().Get(kJob).status()), Reason::kJobNotFound);
}

TEST(FineTunesTest, AFullDiskIsToldAndNothingIsLost) {
  FineTuneRig rig;
  FineTuneSpec spec = Spec(0);
  spec.checkpoint_interval = absl::Milliseconds(1);
  ASSERT_TRUE(rig.Create("job", spec).ok());
  ASSERT_TRUE(rig.Append(kJob, 0, TwoModeRows(1.5, 1000, 0)).ok());
  rig.AwaitStatus(kJob, [](const auto& s) { return s.checkpoint_step > 0; });
  rig.SetFault(absl::ResourceExhaustedError("the disk is full"));
  const FineTuneStatus full =
      rig.AwaitStatus(kJob, [](const auto& s) { return !s.error.ok(); });
  EXPECT_EQ(full.state, FineTuneState::kRunning);
  EXPECT_EQ(full.error.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(rig.Append(kJob, 1000, TwoModeRows(1.5, 10, 0)).status().code(),
            absl::StatusCode::kResourceExhausted);
  rig.SetFault(absl::OkStatus());
  rig.AwaitStatus(kJob, [&](const auto& s) {
    return s.error.ok() && s.checkpoint_step > full.checkpoint_step;
  });
  EXPECT_EQ(rig.Append(kJob, 1000, TwoModeRows(1.5, 10, 0)).value(), 1010);
}

TEST(FineTunesTest, AJobGoesOnAfterARestartBitForBit) {
  const auto run = [](bool restart) {
    FineTuneRig rig;
    FineTuneSpec spec = Spec(1500);
    spec.min_rows = 1000;
    spec.buffer.hold_out_share = 0.0;
    EXPECT_TRUE(rig.Create("job", spec).ok());
    EXPECT_EQ(rig.Append(kJob, 0, TwoModeRows(1.5, 1000, 0)).value(), 1000);
    if (restart) {
      rig.AwaitStatus(kJob, [](const auto& s) { return s.step >= 60; });
      rig.Stop();
      rig.Start();
      EXPECT_GE(rig.jobs().Get(kJob)->step, 60);
      EXPECT_EQ(rig.engine().metrics().recoveries, 1);
    }
    EXPECT_EQ(rig.AwaitEnd(kJob).step, 1500);
    rig.Stop();
    return rig.store().ReadCheckpoint(kJob, [](const std::string&) {})->weights;
  };
  EXPECT_EQ(run(false), run(true));
}

TEST(FineTunesTest, AJobWhoseStepsAreNotFiniteEndsWithItsState) {
  FineTuneRig rig;
  FineTuneSpec spec = Spec(0);
  spec.trainer_options["learning_rate"] = 1e30;
  spec.trainer_options["warm_up"] = int64_t{0};
  ASSERT_TRUE(rig.Create("job", spec).ok());
  ASSERT_TRUE(rig.Append(kJob, 0, TwoModeRows(1.5, 1000, 0)).ok());
  const FineTuneStatus status = rig.AwaitEnd(kJob);
  EXPECT_EQ(status.state, FineTuneState::kFailed);
  EXPECT_EQ(ReasonOf(status.error), Reason::kNumericDivergence);
  EXPECT_EQ(status.skipped_steps, 10);
  EXPECT_TRUE(status.published.empty());
  EXPECT_EQ(rig.InService(), 1);
}

TEST(FineTunesTest, ABaseThatIsDeletedIsNotMissed) {
  FineTuneRig rig;
  ASSERT_TRUE(rig.Create("job", Spec(0)).ok());
  ASSERT_TRUE(rig.Append(kJob, 0, TwoModeRows(1.5, 8000, 0)).ok());
  const FineTuneStatus first =
      rig.AwaitStatus(kJob, [](const auto& s) { return !s.published.empty(); });
  ASSERT_TRUE(rig.repository().Delete("modes", 1).ok());
  ASSERT_TRUE(rig.registry().Poll().ok());
  rig.Stop();
  rig.Start();
  rig.AwaitStatus(kJob,
                  [&](const auto& s) { return s.step > first.step + 50; });
  EXPECT_GT(rig.InService(), 1);
}

TEST(FineTunesTest, ARollbackByHandPausesTheModelsJobs) {
  FineTuneRig rig;
  ASSERT_TRUE(rig.Create("job", Spec(0)).ok());
  rig.jobs().RolledBack("another");
  rig.jobs().RolledBack("modes");
  const FineTuneStatus status = rig.AwaitStatus(
      kJob, [](const auto& s) { return s.state == FineTuneState::kPaused; });
  EXPECT_THAT(status.note, HasSubstr("by hand"));
}

}  // namespace
}  // namespace scoreserve
