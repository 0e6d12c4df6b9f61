// The engine under many threads at once. What it asserts is modest: the reports
// of ThreadSanitizer, under which it runs, are the test.

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "server/engine/engine.h"
#include "tests/server/engine/threads/crowd.h"
#include "tests/support/one_thread.h"
#include "tests/support/test_models.h"

namespace scoreserve {
namespace {

constexpr int64_t kMaxBatchRows = 64;

void ExpectNothingLeft(const Engine& engine) {
  EXPECT_EQ(engine.ledger().outstanding(WorkClass::kQuery), 0);
  EXPECT_EQ(engine.ledger().outstanding(WorkClass::kSampling), 0);
  EXPECT_EQ(engine.metrics().waiting_query_rows, 0);
  EXPECT_EQ(engine.metrics().live_trajectories, 0);
  EXPECT_EQ(engine.metrics().waiting_sampling_rows, 0);
  EXPECT_EQ(engine.metrics().parked_blocks, 0);
}

class EngineThreadsTest : public testing::Test {
 protected:
  // Rows of N(0, 1/2 · I), so that the score of a 1 is −2.
  const std::shared_ptr<const ModelSnapshot> narrow_ =
      Snapshot(GaussianFiles(2, 0.5f), kMaxBatchRows, "narrow");
  const std::shared_ptr<const ModelSnapshot> wide_ =
      Snapshot(GaussianFiles(16, 0.5f), kMaxBatchRows, "wide");

  const std::shared_ptr<const ModelSnapshot>& ModelOf(int64_t number) const {
    return number / 4 % 2 == 0 ? narrow_ : wide_;
  }

  // Sizes from one row to more than a whole pass.
  void AskScores(Engine& engine, int first, int count) const {
    for (int64_t number = first; number < first + count; ++number) {
      const Fate fate = FateOf(number);
      AskedScore asked;
      const absl::Status taken =
          asked.Ask(engine, ModelOf(number), 1 + 13 * number % 80, fate);
      if (MayRefuse(fate, taken)) continue;
      ASSERT_TRUE(taken.ok()) << taken;
      EXPECT_TRUE(Fits(fate, asked.sink.status())) << asked.sink.status();
      for (const float score : asked.sink.scores()) ASSERT_EQ(score, -2.0f);
    }
  }

  void AskSamples(Engine& engine, int first, int count) const {
    for (int64_t number = first; number < first + count; ++number) {
      const Fate fate = FateOf(number);
      AskedSamples asked;
      const absl::Status taken = asked.Ask(
          engine, ModelOf(number), 1 + 7 * number % 40, /*steps=*/20, fate);
      if (MayRefuse(fate, taken)) continue;
      ASSERT_TRUE(taken.ok()) << taken;
      EXPECT_TRUE(Fits(fate, asked.sink.status())) << asked.sink.status();
    }
  }
};

// One caller, whose queries it computes itself, beside samplers now and then.
TEST_F(EngineThreadsTest, ACallerAndTheDeviceThreadTakeTurns) {
  Engine engine({});
  Crowd callers;
  callers.Add(1, [&](int) { AskScores(engine, 0, 4000); });
  callers.Add(1, [&](int) { AskSamples(engine, 0, 40); });
  callers.Join();
  engine.Drain(absl::InfiniteDuration());
  ExpectNothingLeft(engine);
}

TEST_F(EngineThreadsTest, ScoresAndSamplesOfManyCallersDoNotMeet) {
  Engine engine({});
  Crowd callers, watcher;
  std::atomic<bool> stopped = false;
  watcher.Add(1, [&](int) {
    while (!stopped) {
      EXPECT_GE(engine.ledger().outstanding(WorkClass::kQuery), 0);
      (void)engine.metrics().forward_seconds.Take();
      (void)engine.metrics().longest_pass_seconds.exchange(0.0);
    }
  });
  callers.Add(4, [&](int caller) { AskScores(engine, 10000 * caller, 2000); });
  callers.Add(3, [&](int caller) { AskSamples(engine, 10000 * caller, 500); });
  callers.Join();
  stopped = true;
  watcher.Join();
  engine.Drain(absl::InfiniteDuration());
  ExpectNothingLeft(engine);
}

TEST_F(EngineThreadsTest, ManyDevicesShareOneAccount) {
  Engine engine({.instances = 3});
  Crowd callers;
  callers.Add(3, [&](int caller) { AskScores(engine, 10000 * caller, 1000); });
  callers.Add(3, [&](int caller) { AskSamples(engine, 10000 * caller, 200); });
  callers.Join();
  engine.Drain(absl::InfiniteDuration());
  ExpectNothingLeft(engine);
}

TEST_F(EngineThreadsTest, ACancelMayComeAtAnyTime) {
  Engine engine({});
  for (int round = 0; round < 100; ++round) {
    AskedScore score;
    AskedSamples samples;
    ASSERT_TRUE(score.Ask(engine, narrow_, 200, Fate::kPatient).ok());
    ASSERT_TRUE(samples.Ask(engine, narrow_, 60, 1000, Fate::kPatient).ok());
    Crowd cancellers;
    cancellers.Add(2, [&](int which) {
      if (which == 0) score.sink.Cancel();
      if (which == 1) samples.sink.Cancel();
    });
    EXPECT_TRUE(Fits(Fate::kCancelled, score.sink.status()))
        << score.sink.status();
    EXPECT_TRUE(Fits(Fate::kCancelled, samples.sink.status()));
  }
  engine.Drain(absl::InfiniteDuration());
  ExpectNothingLeft(engine);
}

// Callers go on until they are refused: whatever was taken ends, once.
TEST_F(EngineThreadsTest, ADrainMeetsCallersThatDoNotStop) {
  for (const absl::Duration patience :
       {absl::ZeroDuration(), absl::Milliseconds(1),
        absl::InfiniteDuration()}) {
    for (int round = 0; round < 10; ++round) {
      Engine engine({});
      std::atomic<int64_t> answered = 0;
      const auto ends = [&](const absl::Status& status) {
        EXPECT_TRUE(status.ok() || absl::IsUnavailable(status)) << status;
        ++answered;
      };
      Crowd callers;
      callers.Add(2, [&](int) {
        while (true) {
          AskedScore asked;
          if (!asked.Ask(engine, narrow_, 5, Fate::kPatient).ok()) return;
          ends(asked.sink.status());
        }
      });
      callers.Add(2, [&](int) {
        while (true) {
          AskedSamples asked;
          if (!asked.Ask(engine, wide_, 5, 50, Fate::kPatient).ok()) return;
          ends(asked.sink.status());
        }
      });
      while (answered < 20) std::this_thread::yield();
      engine.Drain(patience);
      callers.Join();
      ExpectNothingLeft(engine);
    }
  }
}

TEST_F(EngineThreadsTest, TwoMayDrainAtOnce) {
  for (int round = 0; round < 20; ++round) {
    Engine engine({});
    AskedSamples asked;
    ASSERT_TRUE(asked.Ask(engine, narrow_, 8, 100, Fate::kPatient).ok());
    Crowd drainers;
    drainers.Add(2, [&](int) { engine.Drain(absl::InfiniteDuration()); });
    EXPECT_TRUE(asked.sink.status().ok()) << asked.sink.status();
    drainers.Join();
    ExpectNothingLeft(engine);
  }
}

}  // namespace
}  // namespace scoreserve
