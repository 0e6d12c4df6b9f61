#include "server/engine/quanta.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/engine/loop_harness.h"

namespace scoreserve {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

// Pieces that take some time of a clock, a number of them.
class CountedTask final : public QuantumTask {
 public:
  CountedTask(ManualClock& clock, milliseconds piece, int pieces)
      : clock_(clock), piece_(piece), left_(pieces) {}

  Instant RunPiece(Device&) override {
    clock_.Advance(piece_);
    if (++done_ == after_) then_();
    return --left_ > 0 ? Instant::min() : next_;
  }
  void Refill(int pieces) { left_ = pieces; }
  // When it wants to go on once none is left.
  void NextAt(Instant next) { next_ = next; }
  // Calls `then` at the end of its piece of that number.
  void AfterPiece(int number, std::function<void()> then) {
    after_ = number;
    then_ = std::move(then);
  }
  int done() const { return done_; }

 private:
  ManualClock& clock_;
  const milliseconds piece_;
  int left_;
  int done_ = 0;
  int after_ = 0;
  std::function<void()> then_;
  Instant next_ = Instant::max();
};

std::shared_ptr<CountedTask> Offer(LoopHarness& harness, milliseconds piece,
                                   int pieces) {
  auto task = std::make_shared<CountedTask>(harness.clock(), piece, pieces);
  (void)harness.loop().inbox().Offer(std::shared_ptr<QuantumTask>(task));
  return task;
}

TEST(QuantaTest, AnIdleDeviceDoesPiecesForTenMillisecondsARound) {
  LoopHarness harness;
  const auto task = Offer(harness, milliseconds(3), 100);
  EXPECT_TRUE(harness.Round());
  EXPECT_EQ(task->done(), 3);  // A fourth would end after 12 ms.
  EXPECT_TRUE(harness.Round());
  EXPECT_EQ(task->done(), 6);
  EXPECT_EQ(harness.metrics().quanta, 2);
  EXPECT_NEAR(harness.metrics().quanta_seconds, 0.018, 1e-9);
}

TEST(QuantaTest, APieceThatIsLongerStillGetsItsTurn) {
  LoopHarness harness;
  const auto task = Offer(harness, milliseconds(40), 2);
  harness.Round();
  EXPECT_EQ(task->done(), 1);
  harness.RunDry();
  EXPECT_EQ(task->done(), 2);
}

// With a share of 0.2, 8 ms are due after 40 ms of serving, and a millisecond
// more for every five.
TEST(QuantaTest, WhereRequestsWaitAQuantumIsAllThatIsDue) {
  LoopHarness harness;
  const auto run = harness.Sample(Snapshot(GaussianFiles(2, 1.0f)), 4, 50);
  const auto task = Offer(harness, milliseconds(1), 100);
  harness.Round();
  harness.clock().Advance(milliseconds(39));
  harness.Round();
  EXPECT_EQ(task->done(), 0);
  harness.clock().Advance(milliseconds(2));
  harness.Round();
  EXPECT_EQ(task->done(), 10);  // 8.2 ms, and what was earned meanwhile.
  harness.clock().Advance(milliseconds(38));
  harness.Round();
  EXPECT_EQ(task->done(), 10);
  harness.clock().Advance(milliseconds(2));
  harness.Round();
  EXPECT_EQ(task->done(), 20);
  EXPECT_EQ(harness.metrics().quanta, 2);
  EXPECT_EQ(harness.passes(), 5);
  harness.RunDry();  // The sampler's sink does not outlive the harness.
}

TEST(QuantaTest, WhereNoneWaitsTheNextRequestEndsAQuantum) {
  LoopHarness harness;
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  const auto task = Offer(harness, milliseconds(1), 100);
  std::unique_ptr<TestScoreSink> answer;
  task->AfterPiece(2, [&] { answer = harness.Query(model, 1); });
  harness.Round();
  EXPECT_EQ(task->done(), 2);
  harness.Round();
  EXPECT_EQ(harness.passes(), 1);
}

// All who wait would otherwise be answered, and come back, at the same time.
TEST(QuantaTest, ThePassAfterAQuantumAnswersHalfOfTheQueriesThatWait) {
  LoopHarness harness;
  const auto model = Snapshot(GaussianFiles(2, 1.0f), 64);
  const auto task = Offer(harness, milliseconds(8), 1);
  std::vector<std::unique_ptr<TestScoreSink>> answers;
  task->AfterPiece(1, [&] {
    for (int i = 0; i < 4; ++i) answers.push_back(harness.Query(model, 16));
  });
  harness.Round();
  ASSERT_EQ(task->done(), 1);
  const auto answered = [&] {
    return std::count_if(answers.begin(), answers.end(),
                         [](const auto& sink) { return sink->done(); });
  };
  harness.Round();
  EXPECT_EQ(answered(), 2);
  for (int i = 0; i < 4; ++i) answers.push_back(harness.Query(model, 16));
  harness.Round();  // As without: all that fits, which is four.
  EXPECT_EQ(answered(), 6);
  harness.RunDry();
  EXPECT_EQ(answered(), 8);
}

TEST(QuantaTest, ATaskIsLetGoWhenNothingIsLeftAndTakenUpWhenItIsOffered) {
  LoopHarness harness;
  const auto task = Offer(harness, milliseconds(1), 1);
  harness.RunDry();
  EXPECT_EQ(task->done(), 1);
  EXPECT_EQ(task.use_count(), 1);
  task->Refill(2);
  (void)harness.loop().inbox().Offer(std::shared_ptr<QuantumTask>(task));
  harness.RunDry();
  EXPECT_EQ(task->done(), 3);
}

TEST(QuantaTest, ATaskThatIsThereIsNotTakenTwice) {
  LoopHarness harness;
  const auto task = Offer(harness, milliseconds(1), 5);
  for (int i = 0; i < 3; ++i)
    (void)harness.loop().inbox().Offer(std::shared_ptr<QuantumTask>(task));
  harness.RunDry();
  EXPECT_EQ(task->done(), 5);
}

TEST(QuantaTest, ATaskIsWokenAtItsTimeOrWhenItIsOffered) {
  LoopHarness harness;
  const auto task = Offer(harness, milliseconds(1), 1);
  task->NextAt(harness.clock().Now() + milliseconds(500));
  harness.RunDry();
  EXPECT_EQ(task->done(), 1);
  harness.clock().Advance(milliseconds(400));
  EXPECT_FALSE(harness.Round());
  harness.clock().Advance(milliseconds(100));
  task->NextAt(Instant::max());
  EXPECT_TRUE(harness.Round());
  EXPECT_EQ(task->done(), 2);
}

TEST(QuantaTest, TasksHaveTheSameTimeWhateverTheirPieces) {
  LoopHarness harness;
  const auto shorter = Offer(harness, milliseconds(1), 10'000);
  const auto longer = Offer(harness, milliseconds(4), 10'000);
  for (int round = 0; round < 200; ++round) harness.Round();
  EXPECT_NEAR(shorter->done(), 4 * longer->done(), 8);
  // Who comes later begins where the others are.
  const int before = shorter->done();
  const auto late = Offer(harness, milliseconds(1), 10'000);
  for (int round = 0; round < 100; ++round) harness.Round();
  EXPECT_NEAR(late->done(), shorter->done() - before, 8);
}

TEST(QuantaTest, ADrainingLoopLetsItsTasksGo) {
  LoopHarness harness;
  const auto task = Offer(harness, milliseconds(1), 100);
  harness.Round();
  const int before = task->done();
  harness.loop().Drain();
  harness.loop().Run();
  EXPECT_EQ(task->done(), before);
  EXPECT_EQ(task.use_count(), 1);
}

}  // namespace
}  // namespace scoreserve
