// Runs that end before their last step and go on elsewhere.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/engine/hand_made.h"
#include "tests/server/engine/loop_harness.h"

namespace scoreserve {
namespace {

using std::chrono::milliseconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr uint64_t kSeed = 42;

// A Gaussian's rows have the same bits in every batch, so only resuming can
// change them.
std::shared_ptr<const ModelSnapshot> Gaussian(int64_t max_batch_rows) {
  return Snapshot(GaussianFiles(3, 1.0f), max_batch_rows);
}

// Offers what `change` makes of a request for 50 rows, and 30 steps.
template <typename Change>
std::unique_ptr<TestSampleSink> Ask(
    LoopHarness& harness, const std::shared_ptr<const ModelSnapshot>& model,
    const std::string& planes, Change change) {
  auto sink = std::make_unique<TestSampleSink>();
  SampleRequest request = HandMadeRequest(model, planes, 50, kSeed, sink.get());
  change(request);
  EXPECT_TRUE(harness.loop().inbox().Offer(std::move(request)).ok());
  return sink;
}

std::vector<float> Uninterrupted(
    const std::shared_ptr<const ModelSnapshot>& model,
    const std::string& planes) {
  LoopHarness harness;
  const auto run = Ask(harness, model, planes, [](SampleRequest&) {});
  harness.RunDry();
  return run->samples();
}

// Where the rows stand that have begun after `rounds` passes.
std::vector<BlockState> StoppedAfter(
    const std::shared_ptr<const ModelSnapshot>& model,
    const std::string& planes, int rounds,
    std::vector<BlockState> resume_from = {}) {
  LoopHarness harness;
  const auto run = Ask(harness, model, planes, [&](SampleRequest& request) {
    request.stop_at = harness.clock().Now() + milliseconds(1);
    request.resume_from = std::move(resume_from);
  });
  for (int round = 0; round < rounds; ++round) harness.Round();
  harness.clock().Advance(milliseconds(1));
  EXPECT_FALSE(harness.Round());  // Stops before it costs another pass.
  EXPECT_EQ(run->stopped(), StopReason::kTimeBudget);
  EXPECT_EQ(harness.metrics().live_trajectories, 0);
  return run->newest();
}

class ResumeTest : public testing::TestWithParam<std::string> {};

// Passes of 12 rows at first, so that blocks are done, under way and not begun;
// then of 48 beside other rows.
TEST_P(ResumeTest, WhatGoesOnElsewhereEndsAsIfNothingHadBeen) {
  const std::vector<float> whole = Uninterrupted(Gaussian(64), GetParam());
  for (const int rounds : {0, 1, 17, 45, 140}) {
    std::vector<BlockState> states =
        StoppedAfter(Gaussian(16), GetParam(), rounds);
    LoopHarness harness;
    const auto model = Gaussian(64);
    const auto other = harness.Sample(model, 7, 11, /*seed=*/3);
    const auto run = Ask(harness, model, GetParam(), [&](SampleRequest& r) {
      r.resume_from = std::move(states);
    });
    harness.RunDry();
    EXPECT_EQ(run->samples(), whole) << "after " << rounds << " rounds";
  }
}

TEST_P(ResumeTest, ARunMayBeStoppedAsOftenAsOneLikes) {
  std::vector<BlockState> states;
  for (int times = 0; times < 8; ++times) {
    states = StoppedAfter(Gaussian(times % 2 == 0 ? 64 : 16), GetParam(), 7,
                          std::move(states));
  }
  LoopHarness harness;
  const auto run = Ask(harness, Gaussian(64), GetParam(),
                       [&](SampleRequest& r) { r.resume_from = states; });
  harness.RunDry();
  EXPECT_EQ(run->samples(), Uninterrupted(Gaussian(64), GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Planes, ResumeTest,
                         testing::Values("none", "companion", "metropolis"),
                         [](const auto& info) { return info.param; });

TEST(ResumeTest, WhatIsDoneIsNotDoneAgain) {
  std::vector<BlockState> states = StoppedAfter(Gaussian(64), "none", 20);
  LoopHarness harness;
  const auto run = Ask(harness, Gaussian(64), "none",
                       [&](SampleRequest& r) { r.resume_from = states; });
  harness.RunDry();
  // Three blocks of four had begun; the last enters when they are done.
  EXPECT_EQ(harness.passes(), 10 + 30);
  EXPECT_TRUE(run->status().ok());
}

TEST(ResumeTest, DrainingStopsWhoHasAskedForStatesAndNobodyElse) {
  LoopHarness harness;
  const auto model = Gaussian(64);
  const auto asked = Ask(harness, model, "companion", [](SampleRequest& r) {
    r.rows = 4;
    r.state_interval = std::chrono::hours(1);
  });
  const auto other =
      Ask(harness, model, "companion", [](SampleRequest& r) { r.rows = 4; });
  harness.Round();
  EXPECT_FALSE(asked->done());
  harness.loop().Drain();
  harness.Round();
  EXPECT_TRUE(asked->done());
  EXPECT_EQ(asked->stopped(), StopReason::kDraining);
  ASSERT_THAT(asked->newest(), SizeIs(1));
  EXPECT_EQ(asked->newest()[0].step, 1);
  harness.RunDry();
  EXPECT_EQ(other->stopped(), std::nullopt);
  EXPECT_TRUE(other->status().ok());
  EXPECT_THAT(other->newest(), IsEmpty());
}

TEST(ResumeTest, StatesComeAboutAsOftenAsTheyWereAskedFor) {
  LoopHarness harness;
  std::vector<int64_t> steps;
  const auto run = Ask(harness, Gaussian(64), "none", [&](SampleRequest& r) {
    r.rows = 4;
    r.state_interval = milliseconds(100);
  });
  run->OnState([&](const BlockState& state) { steps.push_back(state.step); });
  while (harness.Round()) harness.clock().Advance(milliseconds(20));
  EXPECT_THAT(steps, testing::ElementsAre(6, 11, 16, 21, 26));
}

}  // namespace
}  // namespace scoreserve
