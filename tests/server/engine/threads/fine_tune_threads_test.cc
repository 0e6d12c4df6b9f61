// Fine-tuning jobs beside queries, calls and watches of many threads. As
// engine_threads_test.cc: what is looked for is a report of ThreadSanitizer.

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/server/engine/fine_tune_rig.h"
#include "tests/server/engine/threads/crowd.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

constexpr char kJob[] = "models/modes/fineTunes/job";

// Publishes and saves as often as it may.
FineTuneSpec BusySpec() {
  FineTuneSpec spec;
  spec.model = "modes";
  spec.trainer_options = {{"batch", int64_t{64}}, {"ema", 0.9}};
  spec.publish_interval = absl::Milliseconds(20);
  spec.checkpoint_interval = absl::Milliseconds(20);
  return spec;
}

class FineTuneThreadsTest : public testing::Test {
 protected:
  // Until stopped_. Whatever is in service when they begin answers.
  void AddCallers(Crowd& crowd, int count) {
    crowd.Add(count, [this](int caller) {
      while (!stopped_) {
        AskedScore score;
        ASSERT_TRUE(
            score.Ask(rig_.engine(), rig_.Served(), 5, Fate::kPatient).ok());
        EXPECT_TRUE(score.sink.status().ok()) << score.sink.status();
        if (caller > 0) continue;
        AskedSamples samples;
        ASSERT_TRUE(
            samples.Ask(rig_.engine(), rig_.Served(), 3, 20, Fate::kPatient)
                .ok());
        EXPECT_TRUE(samples.sink.status().ok()) << samples.sink.status();
      }
    });
  }

  // Watches that come and go, and lists.
  void AddWatchers(Crowd& crowd, int count) {
    crowd.Add(count, [this](int) {
      while (!stopped_) {
        std::atomic<int64_t> told = 0;
        const auto watch = rig_.jobs().Watch(kJob, [&] { ++told; });
        ASSERT_TRUE(watch.ok()) << watch.status();
        while (told < 2 && !stopped_) {
          const auto status = (*watch)->Status();
          ASSERT_TRUE(status.ok()) << status.status();
          EXPECT_LE(status->checkpoint_step, status->step);
          EXPECT_FALSE(rig_.jobs().List("modes").empty());
        }
      }
    });
  }

  FineTuneRig rig_;
  std::atomic<bool> stopped_ = false;
};

TEST_F(FineTuneThreadsTest, AJobLearnsAndPublishesBesideEveryOtherCall) {
  ASSERT_TRUE(rig_.Create("job", BusySpec()).ok());
  ASSERT_TRUE(rig_.Append(kJob, 0, TwoModeRows(1.5, 8000, 0)).ok());
  Crowd crowd, movers;
  AddCallers(crowd, 2);
  AddWatchers(crowd, 2);
  crowd.Add(1, [this](int) {
    for (int64_t rows = 8000; !stopped_; rows += 16) {
      const auto durable = rig_.Append(
          kJob, rows, TwoModeRows(1.5, 16, static_cast<uint32_t>(rows)));
      ASSERT_TRUE(durable.ok()) << durable.status();
      EXPECT_EQ(*durable, rows + 16);
    }
  });
  movers.Add(1, [this](int) {
    for (int round = 0; round < 30; ++round) {
      EXPECT_TRUE(rig_.Do(&FineTunes::Pause, kJob).ok());
      EXPECT_TRUE(rig_.Do(&FineTunes::Resume, kJob).ok());
    }
  });
  movers.Add(1, [this](int) {
    for (int round = 0; round < 10; ++round) {
      const std::string id = absl::StrCat("short-", round);
      FineTuneSpec spec = BusySpec();
      spec.steps = 5;
      EXPECT_TRUE(rig_.Create(id, spec).ok());
      const std::string name = absl::StrCat("models/modes/fineTunes/", id);
      EXPECT_TRUE(rig_.Append(name, 0, TwoModeRows(1.5, 100, 0)).ok());
      if (round % 2 == 0) rig_.AwaitEnd(name);
      EXPECT_TRUE(rig_.Do(&FineTunes::Delete, name).ok());
    }
  });
  movers.Join();
  const FineTuneStatus job = rig_.AwaitStatus(kJob, [](const auto& status) {
    return status.published.size() >= 2 && status.checkpoint_step > 0;
  });
  EXPECT_EQ(job.state, FineTuneState::kRunning) << job.error;
  EXPECT_GT(rig_.InService(), 1);
  stopped_ = true;
  crowd.Join();
}

// A full disk now and then, a job that ends meanwhile, and servers that stop
// and start again while the device goes on with queries.
TEST_F(FineTuneThreadsTest, JobsAreStoppedAndTakenUpBesideQueries) {
  FineTuneSpec spec = BusySpec();
  spec.checkpoint_interval = absl::Milliseconds(1);
  ASSERT_TRUE(rig_.Create("job", spec).ok());
  ASSERT_TRUE(rig_.Append(kJob, 0, TwoModeRows(1.5, 2000, 0)).ok());
  Crowd callers;
  AddCallers(callers, 2);
  int64_t saved = 0;
  for (int life = 0; life < 5; ++life) {
    rig_.SetFault(absl::ResourceExhaustedError("the disk is full"));
    rig_.AwaitStatus(kJob, [](const auto& s) { return !s.error.ok(); });
    rig_.SetFault(absl::OkStatus());
    const int64_t step =
        rig_.AwaitStatus(kJob,
                         [&](const auto& s) {
                           return s.error.ok() && s.checkpoint_step > saved;
                         })
            .checkpoint_step;
    rig_.Stop();
    rig_.Start();
    saved = rig_.jobs().Get(kJob)->checkpoint_step;
    EXPECT_GE(saved, step);
  }
  EXPECT_EQ(rig_.Do(&FineTunes::Cancel, kJob)->state,
            FineTuneState::kCancelled);
  stopped_ = true;
  callers.Join();
}

}  // namespace
}  // namespace scoreserve
