// Deterministic runs: bit for bit the same whatever they are batched with, on a
// network whose bits do depend on the number of rows that it is given.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/engine/hand_made.h"
#include "tests/server/engine/loop_harness.h"
#include "tests/support/class_network.h"

namespace scoreserve {
namespace {

std::unique_ptr<TestSampleSink> Ask(
    LoopHarness& harness, const std::shared_ptr<const ModelSnapshot>& model,
    const std::string& planes, int64_t rows, uint64_t seed,
    std::vector<BlockState> resume_from = {}, Instant stop_at = Instant::max(),
    bool deterministic = true) {
  auto sink = std::make_unique<TestSampleSink>();
  SampleRequest request =
      HandMadeRequest(model, planes, rows, seed, sink.get());
  request.deterministic = deterministic;
  request.resume_from = std::move(resume_from);
  request.stop_at = stop_at;
  EXPECT_TRUE(harness.loop().inbox().Offer(std::move(request)).ok());
  return sink;
}

class DeterministicTest : public testing::TestWithParam<std::string> {
 protected:
  std::vector<float> Alone(const std::shared_ptr<const ModelSnapshot>& model) {
    LoopHarness harness;
    const auto run = Ask(harness, model, GetParam(), 5, 42);
    harness.RunDry();
    return run->samples();
  }
};

TEST_P(DeterministicTest, TheSameBitsAloneAndAmongOthers) {
  // Replicas that hold the same weights, with lanes of other sizes.
  const std::vector<float> alone = Alone(Snapshot(MlpFiles(8), 64));
  const auto model = Snapshot(MlpFiles(8), 1024);
  LoopHarness harness;
  std::vector<std::unique_ptr<TestSampleSink>> others;
  for (uint64_t seed = 1; seed < 6; ++seed) {
    const auto rows = static_cast<int64_t>(7 * seed);
    others.push_back(Ask(harness, model, "none", rows, seed));
    others.push_back(Ask(harness, model, "companion", rows, seed, {},
                         Instant::max(), /*deterministic=*/false));
    harness.Round();
  }
  const auto query = harness.Query(model, 100);
  const auto run = Ask(harness, model, GetParam(), 5, 42);
  harness.RunDry();
  EXPECT_EQ(run->samples(), alone);
}

TEST_P(DeterministicTest, TheSameBitsWhenItGoesOnElsewhere) {
  const auto model = Snapshot(MlpFiles(8), 64);
  const std::vector<float> alone = Alone(model);
  std::vector<BlockState> states;
  {
    LoopHarness harness;
    const auto other = Ask(harness, model, "none", 20, 1);
    const Instant stop = harness.clock().Now() + std::chrono::milliseconds(1);
    const auto run = Ask(harness, model, GetParam(), 5, 42, {}, stop);
    for (int round = 0; round < 13; ++round) harness.Round();
    harness.clock().Advance(std::chrono::milliseconds(1));
    harness.RunDry();
    states = run->newest();
  }
  ASSERT_FALSE(states.empty());
  LoopHarness harness;
  const auto before = Ask(harness, model, "companion", 11, 2);
  const auto run = Ask(harness, model, GetParam(), 5, 42, std::move(states));
  harness.RunDry();
  EXPECT_EQ(run->samples(), alone);
}

INSTANTIATE_TEST_SUITE_P(Planes, DeterministicTest,
                         testing::Values("none", "companion"),
                         [](const auto& info) { return info.param; });

TEST(DeterministicLaneTest, EveryPassEvaluatesAsManyRowsWhateverIsLive) {
  const auto model = ClassSnapshot(2, 3, /*max_batch_rows=*/256);
  const auto& network = static_cast<const ClassNetwork&>(*model->network);
  LoopHarness harness;
  const auto plain = Ask(harness, model, "none", 3, 1);
  auto sink = std::make_unique<TestSampleSink>();
  SampleRequest guided = HandMadeRequest(model, "none", 7, 2, sink.get());
  guided.deterministic = true;
  guided.condition = {1};
  guided.guidance = {2.0f};  // Two evaluations a row.
  EXPECT_TRUE(harness.loop().inbox().Offer(std::move(guided)).ok());
  while (harness.Round()) EXPECT_EQ(network.rows, 64);
  EXPECT_TRUE(plain->status().ok());
  EXPECT_TRUE(sink->status().ok());
  // Afterwards the guided rows' places hold padding: still one evaluation each.
  const auto after = Ask(harness, model, "none", 2, 3);
  while (harness.Round()) EXPECT_EQ(network.rows, 64);
}

}  // namespace
}  // namespace scoreserve
