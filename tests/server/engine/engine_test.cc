#include "server/engine/engine.h"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "tests/support/test_models.h"
#include "tests/support/test_sinks.h"

namespace scoreserve {
namespace {

std::shared_ptr<const SamplerPlan> Langevin(int64_t steps) {
  auto plan =
      (*FindSampler("langevin"))
          ->plan({{"step_size", 0.1}, {"num_steps", steps}}, SamplerTarget());
  return std::make_shared<const SamplerPlan>(*std::move(plan));
}

SampleRequest Request(const std::shared_ptr<const ModelSnapshot>& model,
                      int64_t rows, int64_t steps, TestSampleSink* sink) {
  return {.model = model,
          .plan = Langevin(steps),
          .rows = rows,
          .seed = 1,
          .start = {},
          .states_every = 0,
          .deadline = Instant::max(),
          .sink = sink,
          .ticket = {}};
}

TEST(EngineTest, SamplesOnItsOwnThreadAndGivesTheWorkBack) {
  Engine engine({});
  TestSampleSink sink;
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  ASSERT_TRUE(engine.Sample(Request(model, 8, 100, &sink)).ok());
  EXPECT_TRUE(sink.status().ok());
  EXPECT_EQ(sink.samples().size(), 16u);
  EXPECT_EQ(engine.ledger().outstanding(WorkClass::kSampling), 0);
}

TEST(EngineTest, RefusesRowCountsOutOfRangeBeforeTheSinkHears) {
  Engine engine({});
  TestSampleSink sink;
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  for (const int64_t rows : {int64_t{0}, int64_t{-1}, int64_t{1} << 31}) {
    const absl::Status refused = engine.Sample(Request(model, rows, 1, &sink));
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << rows;
    EXPECT_EQ(FieldOf(refused), "rows");
  }
  EXPECT_FALSE(sink.done());
}

TEST(EngineTest, DrainLetsWorkEndAndRefusesMore) {
  Engine engine({});
  TestSampleSink running, late;
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  ASSERT_TRUE(engine.Sample(Request(model, 8, 1000, &running)).ok());
  engine.Drain(absl::InfiniteDuration());
  EXPECT_TRUE(running.status().ok());
  const absl::Status refused = engine.Sample(Request(model, 8, 10, &late));
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(refused), Reason::kStopping);
}

TEST(EngineTest, DrainWithoutPatienceEndsWhatRuns) {
  Engine engine({});
  TestSampleSink endless;
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  ASSERT_TRUE(engine.Sample(Request(model, 8, 10'000'000, &endless)).ok());
  engine.Drain(absl::ZeroDuration());
  EXPECT_EQ(endless.status().code(), absl::StatusCode::kUnavailable);
}

// The stationary variance of the discretised chain is v / (1 − h / 2v).
TEST(EngineTest, ServedLangevinHasTheVarianceOfItsOwnChain) {
  Engine engine({});
  TestSampleSink sink;
  const int64_t rows = 4000, dim = 4;
  const auto model = Snapshot(GaussianFiles(dim, 1.0f), 1024);
  ASSERT_TRUE(engine.Sample(Request(model, rows, 200, &sink)).ok());
  ASSERT_TRUE(sink.status().ok());
  double sum = 0.0;
  for (const float x : sink.samples()) sum += double{x} * x;
  const double count = static_cast<double>(rows * dim);
  const double expected = 1.0 / (1.0 - 0.1 / 2.0);
  const double standard_error = expected * std::sqrt(2.0 / count);
  EXPECT_NEAR(sum / count, expected, 5.0 * standard_error);
}

// Every request says which device it came to by the passes it shared.
TEST(EngineTest, InstancesShareTheWorkAndOneAccount) {
  Engine engine({.instances = 3});
  EXPECT_EQ(engine.instances(), 3u);
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  constexpr int kRuns = 6;
  std::vector<TestSampleSink> endless(kRuns);
  for (TestSampleSink& sink : endless) {
    ASSERT_TRUE(engine.Sample(Request(model, 8, 1'000'000, &sink)).ok());
  }
  EXPECT_EQ(engine.ledger().outstanding(WorkClass::kSampling),
            kRuns * 8 * 1'000'000);
  for (size_t device = 0; device < 3; ++device) {
    EXPECT_EQ(engine.ledger().outstanding(device, WorkClass::kSampling),
              kRuns / 3 * 8 * 1'000'000);
  }
  for (TestSampleSink& sink : endless) sink.Cancel();
  for (TestSampleSink& sink : endless) {
    EXPECT_EQ(sink.status().code(), absl::StatusCode::kCancelled);
  }
  engine.Drain(absl::InfiniteDuration());
  EXPECT_EQ(engine.ledger().outstanding(WorkClass::kSampling), 0);
  EXPECT_EQ(engine.metrics().live_trajectories, 0);
}

TEST(EngineTest, OnManyInstancesSamplesAreThoseOfOne) {
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  std::vector<float> alone;
  for (const int instances : {1, 3}) {
    Engine engine({.instances = instances});
    std::vector<TestSampleSink> sinks(6);
    for (TestSampleSink& sink : sinks) {
      ASSERT_TRUE(engine.Sample(Request(model, 8, 100, &sink)).ok());
    }
    if (instances == 1) alone = sinks[0].samples();
    for (TestSampleSink& sink : sinks) EXPECT_EQ(sink.samples(), alone);
  }
}

// FAULTS' deadline that cannot be kept: refused by the clock of the test.
TEST(EngineTest, WorkThatCannotBeInTimeIsRefusedAndNothingIsLost) {
  class : public Clock {
   public:
    Instant Now() const override { return Instant(std::chrono::seconds(100)); }
  } clock;
  Engine engine({}, &clock);
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  model->rates->score.Observe(64, 0.064);  // 1 ms a row.
  TestSampleSink sink;
  SampleRequest request = Request(model, 64, 1000, &sink);  // 64 s.
  request.deadline = clock.Now() + std::chrono::seconds(10);
  const absl::Status refused = engine.Sample(std::move(request));
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), Reason::kOverloaded);
  // Alone it would be late too.
  EXPECT_EQ(RetryAfterOf(refused), absl::InfiniteDuration());
  EXPECT_FALSE(sink.done());
  EXPECT_EQ(engine.ledger().refused(Refusal::kDeadline), 1);
  EXPECT_EQ(engine.ledger().outstanding(WorkClass::kSampling), 0);
  EXPECT_EQ(engine.metrics().passes, 0);
}

// Queries that come one by one are computed on the thread that brings them; the
// device's thread goes on with what is left, and with samplers.
TEST(EngineTest, AShortQueryIsServedWhereItComes) {
  class Sink : public ScoreSink {
   public:
    bool Cancelled() const override { return false; }
    void Done(absl::StatusOr<ScoreAnswer> answer) override {
      ASSERT_TRUE(answer.ok());
      EXPECT_EQ(answer->scores.front(), -2.0f);
      thread = std::this_thread::get_id();
      done.Notify();
    }
    std::thread::id thread;
    absl::Notification done;
  };
  Engine engine({});
  const auto model = Snapshot(GaussianFiles(1, 0.5f));
  const float one = 1.0f;
  int queries = 0;
  for (bool here = false; !here; ++queries) {
    Sink sink;
    ASSERT_TRUE(engine
                    .Score({.model = model,
                            .x = {&one, 1},
                            .labels = {},
                            .sink = &sink,
                            .ticket = {}})
                    .ok());
    sink.done.WaitForNotification();
    here = sink.thread == std::this_thread::get_id();
  }
  EXPECT_GT(queries, 1);
  TestSampleSink samples;
  ASSERT_TRUE(engine.Sample(Request(model, 8, 100, &samples)).ok());
  EXPECT_TRUE(samples.status().ok());
  EXPECT_EQ(engine.ledger().outstanding(WorkClass::kQuery), 0);
}

}  // namespace
}  // namespace scoreserve
