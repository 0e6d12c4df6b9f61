#include "server/engine/device_loop.h"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "tests/server/engine/loop_harness.h"

namespace scoreserve {
namespace {

using ::testing::Each;
using ::testing::SizeIs;

TEST(DeviceLoopTest, AnswersAQueryWithTheScoreInDataSpace) {
  LoopHarness harness;
  ModelFiles files = GaussianFiles(2, 1.0f);
  files.config.data.offset = 8.0;
  files.config.data.scale = 2.0;
  const auto query = harness.Query(Snapshot(std::move(files)), 3, 10.0f);
  harness.RunDry();
  // (10 − 8) / 2 = 1 in model space; the score −1 there is −1/2 of the data.
  EXPECT_THAT(query->scores(), Each(-0.5f));
  EXPECT_THAT(query->scores(), SizeIs(6));
}

TEST(DeviceLoopTest, ACancelledOrExpiredQueryCostsNoPass) {
  LoopHarness harness;
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  const auto cancelled = harness.Query(model, 1);
  cancelled->Cancel();
  const auto expired = harness.Query(
      model, 1, 1.0f, harness.clock().Now() + std::chrono::milliseconds(5));
  harness.clock().Advance(std::chrono::milliseconds(5));
  harness.RunDry();
  EXPECT_EQ(cancelled->status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(expired->status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(harness.passes(), 0);
  EXPECT_EQ(harness.metrics().dropped, 2);
  EXPECT_EQ(harness.metrics().waiting_query_rows, 0);
}

TEST(DeviceLoopTest, AVersionThatNobodyHoldsGoesThoughTheDeviceIsNeverIdle) {
  LoopHarness harness;
  const auto run = harness.Sample(Snapshot(GaussianFiles(2, 1.0f)), 4, 100);
  auto model = Snapshot(GaussianFiles(2, 2.0f));
  const std::weak_ptr<const ModelSnapshot> gone = model;
  const auto query = harness.Query(std::move(model), 1);
  while (!query->done()) harness.Round();
  harness.clock().Advance(std::chrono::milliseconds(1000));
  harness.Round();
  EXPECT_TRUE(gone.expired());
  EXPECT_FALSE(run->done());  // It goes on.
  harness.RunDry();
}

TEST(DeviceLoopTest, OfManyVersionsThoseThatNobodyHoldsGoTogether) {
  LoopHarness harness;
  std::vector<std::shared_ptr<const ModelSnapshot>> models;
  std::vector<std::weak_ptr<const ModelSnapshot>> lives;
  for (int i = 0; i < 6; ++i) {
    models.push_back(Snapshot(GaussianFiles(2, 1.0f)));
    lives.push_back(models.back());
    const auto query = harness.Query(models.back(), 1);
    harness.RunDry();
  }
  // Every other one.
  for (size_t i = 0; i < models.size(); i += 2) models[i].reset();
  harness.RunDry();
  for (size_t i = 0; i < lives.size(); ++i)
    EXPECT_EQ(lives[i].expired(), i % 2 == 0) << i;
}

TEST(DeviceLoopTest, ACancelledSamplerStopsAtTheNextStep) {
  LoopHarness harness;
  const auto run = harness.Sample(Snapshot(GaussianFiles(2, 1.0f)), 4, 100);
  harness.Round();
  run->Cancel();
  harness.RunDry();
  EXPECT_EQ(run->status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(harness.passes(), 1);
  EXPECT_EQ(harness.metrics().live_trajectories, 0);
}

TEST(DeviceLoopTest, ADeadlineEndsASamplerBetweenSteps) {
  LoopHarness harness;
  const auto run =
      harness.Sample(Snapshot(GaussianFiles(2, 1.0f)), 4, 100, 1, 0.1, 0,
                     harness.clock().Now() + std::chrono::seconds(1));
  harness.Round();
  harness.clock().Advance(std::chrono::milliseconds(1000));
  harness.RunDry();
  EXPECT_EQ(run->status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(DeviceLoopTest, SamplesAreBitForBitTheSameWhateverTheyAreBatchedWith) {
  const auto model = Snapshot(GaussianFiles(3, 1.0f), 64);
  std::vector<float> alone;
  {
    LoopHarness harness;
    const auto run = harness.Sample(model, 5, 20, /*seed=*/42);
    harness.RunDry();
    alone = run->samples();
  }
  LoopHarness harness;
  const auto before = harness.Sample(model, 7, 3, 1);
  const auto longer = harness.Sample(model, 16, 50, 2);
  harness.Round();
  const auto run = harness.Sample(model, 5, 20, 42);
  const auto after = harness.Sample(model, 3, 9, 3);
  harness.RunDry();
  EXPECT_EQ(run->samples(), alone);
}

TEST(DeviceLoopTest, ARequestCutIntoBlocksGivesTheSameSamplesAsOneThatIsNot) {
  std::vector<float> cut, whole;
  for (const int64_t max_rows : {16, 1024}) {
    LoopHarness harness;
    const auto run =
        harness.Sample(Snapshot(GaussianFiles(3, 1.0f), max_rows), 50, 10, 42);
    harness.RunDry();
    (max_rows == 16 ? cut : whole) = run->samples();
  }
  ASSERT_THAT(whole, SizeIs(150));
  EXPECT_EQ(cut, whole);
}

// −x / v with v = 1e-3 and h = 1: each step multiplies by −999 until it
// overflows.
TEST(DeviceLoopTest, ADivergingSamplerEndsWithItsStepAndHarmsNobody) {
  LoopHarness harness;
  const auto model = Snapshot(GaussianFiles(2, 1e-3f));
  const auto good = harness.Sample(model, 4, 50, 1, /*step_size=*/1e-4);
  const auto bad = harness.Sample(model, 4, 50, 2, /*step_size=*/1.0);
  harness.RunDry();
  EXPECT_EQ(bad->status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ReasonOf(bad->status()), Reason::kNumericDivergence);
  EXPECT_GT(StepOf(bad->status()).value_or(0), 5);
  EXPECT_LT(StepOf(bad->status()).value_or(99), 20);
  ASSERT_TRUE(good->status().ok());
  for (const float value : good->samples()) EXPECT_TRUE(std::isfinite(value));
}

TEST(DeviceLoopTest, AScoreThatIsNotFiniteHarmsOnlyItsOwnQuery) {
  LoopHarness harness;
  const auto model = Snapshot(GaussianFiles(2, 1e-3f));
  const auto bad = harness.Query(model, 2, 3e38f);
  const auto good = harness.Query(model, 2, 1.0f);
  harness.RunDry();
  EXPECT_EQ(ReasonOf(bad->status()), Reason::kNumericDivergence);
  EXPECT_EQ(StepOf(bad->status()), 0);
  ASSERT_TRUE(good->status().ok());
  EXPECT_NEAR(good->scores()[0], -1000.0f, 0.1f);
}

TEST(DeviceLoopTest, AFailedPassEndsWhatItCarriedAndTheLoopGoesOn) {
  LoopHarness harness;
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  const auto query = harness.Query(model, 1);
  const auto run = harness.Sample(model, 4, 10);
  harness.device().FailNext();
  harness.Round();
  EXPECT_EQ(query->status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(run->status().code(), absl::StatusCode::kInternal);
  const auto next = harness.Query(model, 1);
  harness.RunDry();
  EXPECT_TRUE(next->status().ok());
}

TEST(DeviceLoopTest, StatesComeWhenAskedForInDataSpace) {
  LoopHarness harness;
  const auto run =
      harness.Sample(Snapshot(GaussianFiles(2, 1.0f)), 3, 10, 1, 0.1,
                     /*states_every=*/5);
  harness.RunDry();
  ASSERT_THAT(run->states(), SizeIs(2));
  EXPECT_EQ(run->states().at({10, 0}), run->samples());
}

TEST(DeviceLoopTest, TwoModelsGetTurns) {
  LoopHarness harness;
  const auto a =
      harness.Sample(Snapshot(GaussianFiles(2, 1.0f), 64, "a"), 4, 10);
  const auto b =
      harness.Sample(Snapshot(GaussianFiles(2, 1.0f), 64, "b"), 4, 10);
  // A clock that stands still calls both equally served: no turn may be lost.
  harness.RunDry();
  EXPECT_TRUE(a->done());
  EXPECT_TRUE(b->done());
}

TEST(DeviceLoopTest, AbandonedWorkIsUnavailable) {
  LoopHarness harness;
  const auto run = harness.Sample(Snapshot(GaussianFiles(2, 1.0f)), 4, 1000);
  harness.Round();
  harness.loop().Abandon();
  harness.RunDry();
  EXPECT_EQ(run->status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace scoreserve
