// What travels to a device and back, what it captures, and how long that lives.

#include "server/engine/resident_pass.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/engine/warm_up.h"
#include "tests/server/engine/fake_stream.h"
#include "tests/server/engine/loop_harness.h"
#include "tests/support/class_network.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;

// A device loop over a stream that is late, and what went through that.
struct Rig {
  explicit Rig(bool captures = true)
      : loop(NewTorchDevice(std::make_unique<FakeStream>(&counts, captures)),
             /*depth=*/0) {}
  StreamCounts counts;
  LoopHarness loop;
};

std::vector<float> SamplesOf(LoopHarness& loop,
                             const std::shared_ptr<const ModelSnapshot>& model,
                             int64_t rows, int64_t steps) {
  const auto sink = loop.Sample(model, rows, steps);
  loop.RunDry();
  EXPECT_TRUE(sink->status().ok()) << sink->status();
  return sink->samples();
}

TEST(ResidentPassTest, RowsTravelThereOnceAndBackAtTheEnd) {
  Rig rig;
  SamplesOf(rig.loop, Snapshot(GaussianFiles(2, 1.0f)), 4, 50);
  // Beside a label and a flag for each row and step.
  EXPECT_EQ(rig.counts.values_in, 4 * 50 + 4 * 2);
  EXPECT_EQ(rig.counts.values_out, 4 * 50 + 4 * 2);
}

TEST(ResidentPassTest, OnlyTheScoresOfQueriesTravelBack) {
  Rig rig;
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  const auto sampling = rig.loop.Sample(model, 8, 1);
  const auto query = rig.loop.Query(model, 3);
  rig.loop.RunDry();
  EXPECT_TRUE(query->status().ok());
  // Flags and the samples of 8 rows, the scores of 3.
  EXPECT_EQ(rig.counts.values_out, 8 + 8 * 2 + 3 * 2);
}

TEST(ResidentPassTest, ARowThatDivergesIsFoundByItsFlag) {
  Rig rig;
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  const auto bad = rig.loop.Sample(model, 2, 400, 1, /*step_size=*/1e6);
  const auto good = rig.loop.Sample(model, 2, 400);
  rig.loop.RunDry();
  EXPECT_EQ(bad->status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(good->status().ok());
}

TEST(ResidentPassTest, AWarmUpCapturesBucketsAndTheFirstLaneReplaysThem) {
  Rig rig;
  const auto model = Snapshot(GaussianFiles(2, 1.0f));  // 64 rows a pass.
  WarmUp(*model, rig.loop.device());
  // 64, 48, 32, 24, 16, 12 and 8, for both lanes.
  EXPECT_EQ(rig.counts.captures, 2 * 7);
  const std::vector<float> replayed = SamplesOf(rig.loop, model, 5, 20);
  EXPECT_EQ(rig.counts.replays, 20);
  Rig eager(/*captures=*/false);
  WarmUp(*model, eager.loop.device());
  EXPECT_EQ(SamplesOf(eager.loop, model, 5, 20), replayed);
  EXPECT_EQ(eager.counts.replays, 0);
}

TEST(ResidentPassTest, BucketsAreTheRowsOfAPassAndHalvesBetweenPowersOfTwo) {
  StreamCounts counts;
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  ResidentPass pass(std::make_unique<FakeStream>(&counts), model->network.get(),
                    40, /*energies=*/false);
  while (pass.CaptureNext()) {
  }
  EXPECT_THAT(pass.captured(), ElementsAre(8, 12, 16, 24, 32, 40));
}

// The mean of class c is c + 1, and N(0, 1) is what has none.
TEST(ResidentPassTest, RowsOfTwoEvaluationsAreNotReplayed) {
  Rig rig;
  const auto model = ClassSnapshot(1, 2);
  WarmUp(*model, rig.loop.device());
  const std::vector<float> x = {0.0f, 0.0f};
  const std::vector<int64_t> condition = {0, 1};
  const auto ask = [&](std::vector<double> guidance) {
    TestScoreSink sink;
    EXPECT_TRUE(rig.loop.loop()
                    .inbox()
                    .Offer(ScoreQuery{.model = model,
                                      .x = x,
                                      .labels = {},
                                      .condition = condition,
                                      .guidance = guidance,
                                      .sink = &sink,
                                      .ticket = {}})
                    .ok());
    rig.loop.RunDry();
    EXPECT_TRUE(sink.status().ok()) << sink.status();
    return sink.scores();
  };
  const int64_t before = rig.counts.replays;
  EXPECT_THAT(ask({1.0f, 0.0f}), ElementsAre(1.0f, 0.0f));
  EXPECT_EQ(rig.counts.replays, before + 1);
  EXPECT_THAT(ask({2.0f, 1.0f}), ElementsAre(2.0f, 2.0f));
  EXPECT_EQ(rig.counts.replays, before + 1);
}

// Versions that come and go beside it: each has graphs of its own, which end
// with it, and nothing writes into what a run reads.
TEST(ResidentPassTest, ALongRunIsNotTouchedByTwentyPublishes) {
  const auto run = [](int publishes, StreamCounts* left) {
    Rig rig;
    auto model = Snapshot(GaussianFiles(2, 1.0f));
    WarmUp(*model, rig.loop.device());
    const auto sampling = rig.loop.Sample(model, 4, 1000);
    for (int i = 0; i < publishes; ++i) {
      for (int round = 0; round < 40; ++round) rig.loop.Round();
      model = Snapshot(GaussianFiles(2, 1.0f + 0.1f * static_cast<float>(i)));
      WarmUp(*model, rig.loop.device());
      const auto query = rig.loop.Query(model, 2);
      while (!query->done()) rig.loop.Round();
      EXPECT_TRUE(query->status().ok());
    }
    rig.loop.RunDry();
    EXPECT_TRUE(sampling->status().ok());
    model = nullptr;
    rig.loop.Round();  // Idle: lets go of what nobody holds.
    *left = rig.counts;
    return sampling->samples();
  };
  StreamCounts alone, beside;
  EXPECT_EQ(run(20, &beside), run(0, &alone));
  EXPECT_EQ(beside.captures, 21 * 2 * 7);
  EXPECT_EQ(beside.graphs, 0);
}

}  // namespace
}  // namespace scoreserve
