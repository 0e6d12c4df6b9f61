// What is parked goes on as if nothing had been.

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "models/samplers/step_table.h"
#include "tests/server/engine/loop_harness.h"

namespace scoreserve {
namespace {

constexpr int64_t kMaxRows = 16;  // Three blocks of 4 rows live at once.
constexpr int64_t kRows = 4;

std::shared_ptr<const SamplerPlan> PlanOf(const Step& step, int64_t repeats) {
  return std::make_shared<const SamplerPlan>(
      SamplerPlan{.table = StepTable({{.cycle = {step}, .repeats = repeats}}),
                  .companion_scale = 1.0});
}

// Nothing but x; a velocity; a Metropolis test with all that it holds.
Step StepOf(const std::string& kind) {
  if (kind == "plain") return {.xs = 0.1, .xz = 0.4};
  if (kind == "velocity") {
    return {.xy = 0.1, .yy = 0.9, .ys = 0.1, .yz = 0.4};
  }
  return {.xs = 0.25,
          .xz = 0.7,
          .yy = 1.0,
          .kind = StepKind::kMetropolis,
          .parameter = 0.5};
}

class ParkingTest : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<TestSampleSink> Sample(LoopHarness& harness, int64_t steps,
                                         uint64_t seed) {
    auto sink = std::make_unique<TestSampleSink>();
    (void)harness.loop().inbox().Offer(
        SampleRequest{.model = model_,
                      .plan = PlanOf(StepOf(GetParam()), steps),
                      .rows = kRows,
                      .seed = seed,
                      .start = {},
                      .sink = sink.get(),
                      .ticket = {}});
    return sink;
  }

  const std::shared_ptr<const ModelSnapshot> model_ =
      Snapshot(GaussianFiles(3, 1.0f), kMaxRows);
};

TEST_P(ParkingTest, APathIsBitForBitWhatItWouldHaveBeen) {
  constexpr int kRuns = 8;
  std::vector<std::vector<float>> alone(kRuns);
  for (int run = 0; run < kRuns; ++run) {
    LoopHarness harness;
    const auto sink = Sample(harness, 300 + 20 * run, run);
    harness.RunDry();
    EXPECT_EQ(harness.metrics().parkings, 0);
    alone[run] = sink->samples();
  }
  LoopHarness harness;
  std::vector<std::unique_ptr<TestSampleSink>> sinks;
  for (int run = 0; run < kRuns; ++run) {
    sinks.push_back(Sample(harness, 300 + 20 * run, run));
  }
  harness.RunDry();
  EXPECT_GT(harness.metrics().parkings, kRuns);
  for (int run = 0; run < kRuns; ++run) {
    ASSERT_TRUE(sinks[run]->status().ok()) << sinks[run]->status();
    EXPECT_EQ(sinks[run]->samples(), alone[run]) << "run " << run;
  }
  EXPECT_EQ(harness.metrics().parked_blocks, 0);
  EXPECT_EQ(harness.metrics().live_trajectories, 0);
}

INSTANTIATE_TEST_SUITE_P(, ParkingTest,
                         testing::Values("plain", "velocity", "metropolis"),
                         [](const auto& info) { return info.param; });

class ParkingTurnsTest : public testing::Test {
 protected:
  // As many runs without end as fill the lane `times` times.
  void Fill(LoopHarness& harness, int times,
            Instant deadline = Instant::max()) {
    for (int i = 0; i < 3 * times; ++i) {
      endless_.push_back(
          harness.Sample(model_, kRows, 1'000'000, 1, 0.1, 0, deadline));
    }
    harness.Round();
  }
  void EndAll(LoopHarness& harness) {
    for (const auto& run : endless_) run->Cancel();
    harness.RunDry();
    EXPECT_EQ(harness.metrics().live_trajectories, 0);
    EXPECT_EQ(harness.metrics().parked_blocks, 0);
  }

  const std::shared_ptr<const ModelSnapshot> model_ =
      Snapshot(GaussianFiles(3, 1.0f), kMaxRows);
  std::vector<std::unique_ptr<TestSampleSink>> endless_;
};

TEST_F(ParkingTurnsTest, AShortRunWaitsForAQuantumNotForTheLongOnes) {
  LoopHarness harness;
  Fill(harness, 1);
  const auto brief = harness.Sample(model_, kRows, 20);
  while (!brief->done()) harness.Round();
  EXPECT_LE(harness.passes(), kParkingQuantum + 20);
  // One gives way to it, and the two others in turn to the one parked before.
  EXPECT_EQ(harness.metrics().parkings, 3);
  EndAll(harness);
}

// Nine runs on room for three: after three quanta all have had one, to the few
// passes in which one after the other gives way.
TEST_F(ParkingTurnsTest, RunsAlikeTakeTurns) {
  LoopHarness harness;
  Fill(harness, 2);
  std::vector<std::unique_ptr<TestSampleSink>> last;
  for (int i = 0; i < 3; ++i) {
    last.push_back(harness.Sample(model_, kRows, kParkingQuantum));
  }
  while (harness.passes() < 3 * kParkingQuantum + 6) harness.Round();
  for (const auto& run : last) EXPECT_TRUE(run->done());
  EndAll(harness);
}

TEST_F(ParkingTurnsTest, AnEarlierDeadlineIsNotParkedForALaterOne) {
  LoopHarness harness;
  Fill(harness, 1, harness.clock().Now() + std::chrono::seconds(8));
  const auto patient = harness.Sample(model_, kRows, 20);
  while (harness.passes() < 4 * kParkingQuantum) harness.Round();
  EXPECT_FALSE(patient->done());
  const auto urgent =
      harness.Sample(model_, kRows, 20, 1, 0.1, 0,
                     harness.clock().Now() + std::chrono::seconds(5));
  while (harness.passes() < 4 * kParkingQuantum + 21) harness.Round();
  EXPECT_TRUE(urgent->done());
  EXPECT_FALSE(patient->done());
  EndAll(harness);
  EXPECT_TRUE(patient->status().ok());
}

TEST_F(ParkingTurnsTest, AParkedRunCanBeCancelled) {
  LoopHarness harness;
  Fill(harness, 2);
  while (harness.metrics().parked_blocks == 0) harness.Round();
  EndAll(harness);
  for (const auto& run : endless_) {
    EXPECT_EQ(run->status().code(), absl::StatusCode::kCancelled);
  }
}

}  // namespace
}  // namespace scoreserve
