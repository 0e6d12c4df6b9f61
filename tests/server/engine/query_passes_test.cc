// When a query is answered, counted in passes that the device begins.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/engine/loop_harness.h"

namespace scoreserve {
namespace {

constexpr int64_t kMaxRows = 64;
constexpr int64_t kReserve = 16;

// Queries that took more than two passes.
int64_t Late(const EngineMetrics& metrics) {
  const Histogram::Snapshot passes = metrics.query_passes.Take();
  int64_t late = 0;
  for (size_t i = 2; i < passes.counts.size(); ++i) late += passes.counts[i];
  return late;
}

TEST(QueryPassesTest, AFullSamplingLoadDoesNotDelayWhatFitsTheReserve) {
  LoopHarness harness;
  const auto model = Snapshot(GaussianFiles(2, 1.0f), kMaxRows);
  const auto load = harness.Sample(model, /*rows=*/200, /*steps=*/1'000'000);
  std::mt19937 random(7);
  std::vector<std::unique_ptr<TestScoreSink>> sinks;
  int64_t queries = 0;
  while (queries < 20'000) {
    int64_t room = kReserve;
    while (room > 0) {
      const int64_t rows = 1 + static_cast<int64_t>(random() % room);
      sinks.push_back(harness.Query(model, rows));
      room -= rows;
      ++queries;
    }
    harness.Round();
    for (const auto& sink : sinks) ASSERT_TRUE(sink->done());
    sinks.clear();
  }
  EXPECT_EQ(Late(harness.metrics()), 0);
  EXPECT_FALSE(load->done());
  load->Cancel();
  harness.RunDry();
}

TEST(QueryPassesTest, TwoModelsOnADeviceTwoPassesDeepShareTheBound) {
  LoopHarness harness(/*depth=*/2);
  const auto a = Snapshot(GaussianFiles(2, 1.0f), kMaxRows, "a");
  const auto b = Snapshot(GaussianFiles(2, 1.0f), kMaxRows, "b");
  const auto load_a = harness.Sample(a, 48, 1'000'000);
  const auto load_b = harness.Sample(b, 48, 1'000'000);
  std::vector<std::unique_ptr<TestScoreSink>> sinks;
  for (int round = 0; round < 500; ++round) {
    if (round % 3 != 0) sinks.push_back(harness.Query(a, 8));
    if (round % 2 == 0) sinks.push_back(harness.Query(b, 8));
    harness.Round();
    harness.Round();
  }
  load_a->Cancel();
  load_b->Cancel();
  harness.RunDry();
  for (const auto& sink : sinks) EXPECT_TRUE(sink->status().ok());
  EXPECT_EQ(harness.device().deepest(), 2);
  EXPECT_EQ(Late(harness.metrics()), 0);
}

// One is put together while the other is computed, and filled up first.
TEST(QueryPassesTest, WherePassesOverlapQueriesOfOneModelDoToo) {
  LoopHarness harness(/*depth=*/2);
  const auto model = Snapshot(GaussianFiles(2, 1.0f), kMaxRows);
  std::vector<std::unique_ptr<TestScoreSink>> sinks;
  const auto answered = [&] {
    return std::count_if(sinks.begin(), sinks.end(),
                         [](const auto& sink) { return sink->done(); });
  };
  for (int i = 0; i < 5; ++i) sinks.push_back(harness.Query(model, 32));
  harness.Round();
  EXPECT_EQ(harness.device().deepest(), 2);
  EXPECT_EQ(answered(), 2);
  harness.Round();
  EXPECT_EQ(answered(), 4);
  harness.Round();
  EXPECT_EQ(answered(), 5);
  EXPECT_EQ(harness.passes(), 3);
}

TEST(QueryPassesTest, OnAnIdleDeviceOnePassTakesAllThatFits) {
  LoopHarness harness(/*depth=*/2);
  const auto model = Snapshot(GaussianFiles(2, 1.0f), kMaxRows);
  const auto one = harness.Query(model, 30), other = harness.Query(model, 34);
  harness.RunDry();
  EXPECT_TRUE(one->done() && other->done());
  EXPECT_EQ(harness.passes(), 1);
}

TEST(QueryPassesTest, ALargeQueryIsThroughInAsManyPassesAsReservesAndOne) {
  LoopHarness harness;
  const auto model = Snapshot(GaussianFiles(2, 1.0f), kMaxRows);
  const auto load = harness.Sample(model, 48, 1'000'000);
  harness.Round();
  for (const int64_t rows : {17, 100, 160}) {
    const int64_t before = harness.passes();
    const auto query = harness.Query(model, rows, 3.0f);
    while (!query->done()) harness.Round();
    EXPECT_LE(harness.passes() - before, (rows + kReserve - 1) / kReserve + 1);
    EXPECT_EQ(query->scores(), std::vector<float>(rows * 2, -3.0f));
  }
  load->Cancel();
  harness.RunDry();
}

// More waits than a pass carries: the earlier deadline goes first.
TEST(QueryPassesTest, OverloadedQueriesGoByTheirDeadlines) {
  LoopHarness harness;
  const auto model = Snapshot(GaussianFiles(2, 1.0f), kMaxRows);
  const Instant now = harness.clock().Now();
  std::vector<std::unique_ptr<TestScoreSink>> patient;
  for (int i = 0; i < 4; ++i) patient.push_back(harness.Query(model, kReserve));
  const auto later =
      harness.Query(model, kReserve, 1.0f, now + std::chrono::seconds(2));
  const auto sooner =
      harness.Query(model, kReserve, 1.0f, now + std::chrono::seconds(1));
  harness.Round();
  EXPECT_TRUE(sooner->done());
  EXPECT_TRUE(later->done());
  EXPECT_TRUE(patient[1]->done());
  EXPECT_FALSE(patient[2]->done());
  harness.RunDry();
}

TEST(QueryPassesTest, WithoutSamplersAPassCarriesAllThatIsFree) {
  LoopHarness harness;
  const auto model = Snapshot(GaussianFiles(2, 1.0f), kMaxRows);
  std::vector<std::unique_ptr<TestScoreSink>> sinks;
  for (int i = 0; i < 4; ++i) sinks.push_back(harness.Query(model, 16));
  harness.Round();
  for (const auto& sink : sinks) EXPECT_TRUE(sink->done());
  EXPECT_EQ(harness.passes(), 1);
}

}  // namespace
}  // namespace scoreserve
