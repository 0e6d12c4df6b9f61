#include "server/engine/scheduler.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <optional>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

std::vector<int64_t> Share(std::vector<int64_t> waiting, int64_t free_rows,
                           int64_t reserve) {
  std::vector<int64_t> take;
  ShareFreeRows(waiting, free_rows, reserve, take);
  return take;
}

std::optional<size_t> Pick(const std::vector<LaneLoad>& lanes) {
  Scheduler scheduler;
  const std::optional<Turn> turn = scheduler.PickLane(lanes);
  if (!turn.has_value()) return std::nullopt;
  return turn->lane;
}

TEST(PickLaneTest, NobodyHasWork) {
  EXPECT_EQ(Pick({}), std::nullopt);
  EXPECT_EQ(Pick(std::vector<LaneLoad>(2)), std::nullopt);
}

TEST(PickLaneTest, AWaitingQueryGoesBeforeSamplers) {
  EXPECT_THAT(Pick({{.sampling_rows = 64},
                    {.waiting_query_rows = 1, .served_seconds = 9.0}}),
              Optional(1));
}

TEST(PickLaneTest, AmongEqualsTheLeastServed) {
  EXPECT_THAT(Pick({{.sampling_rows = 1, .served_seconds = 2.0},
                    {.sampling_rows = 1, .served_seconds = 1.0}}),
              Optional(1));
}

TEST(PickLaneTest, ALaneInFlightIsPassedOver) {
  EXPECT_THAT(Pick({{.waiting_query_rows = 1, .in_flight = true},
                    {.sampling_rows = 1}}),
              Optional(1));
}

TEST(PickLaneTest, TheLongerWaitGoesFirstWhileAllFitsAReserve) {
  EXPECT_THAT(
      Pick({{.waiting_query_rows = 8, .reserve = 16, .served_seconds = 1.0},
            {.waiting_query_rows = 8,
             .reserve = 16,
             .passes_waited = 1,
             .served_seconds = 9.0}}),
      Optional(1));
  // Once it does not, device time decides.
  EXPECT_THAT(
      Pick({{.waiting_query_rows = 9, .reserve = 16, .served_seconds = 1.0},
            {.waiting_query_rows = 8,
             .reserve = 16,
             .passes_waited = 1,
             .served_seconds = 9.0}}),
      Optional(0));
}

// Lanes, their loads in virtual numbers, and what a pass of each costs.
class SchedulerTest : public testing::Test {
 protected:
  // One turn; the lane's waiting queries are answered by it.
  Turn Next() {
    for (size_t i = 0; i < lanes_.size(); ++i) {
      lanes_[i].passes_waited = passes_ - taken_[i];
    }
    const Turn turn = *scheduler_.PickLane(lanes_);
    const double cost = cost_(random_) * (turn.lane == 0 ? 5.0 : 1.0);
    longest_ = std::max(longest_, cost);
    scheduler_.Served(turn.work_class, cost);
    lanes_[turn.lane].served_seconds += cost;
    seconds_[IndexOf(turn.work_class)] += cost;
    ++passes_;
    return turn;
  }
  void Ask(size_t lane) {
    if (lanes_[lane].waiting_query_rows > 0) return;
    lanes_[lane].waiting_query_rows = 1;
    taken_[lane] = passes_;
  }
  // In how manieth pass after it was taken the query of the lane is answered.
  int64_t Answer(size_t lane) {
    lanes_[lane].waiting_query_rows = 0;
    return passes_ - taken_[lane];
  }

  Scheduler scheduler_;
  std::vector<LaneLoad> lanes_;
  std::vector<int64_t> taken_ = std::vector<int64_t>(8);
  std::mt19937 random_{5};
  std::exponential_distribution<double> cost_{1.0};
  int64_t passes_ = 0;
  double longest_ = 0.0;
  ByClass<double> seconds_ = {};
};

TEST_F(SchedulerTest, OnTwoLanesEveryQueryThatFitsIsAnsweredInTwoPasses) {
  lanes_.assign(2, {.reserve = 16, .sampling_rows = 48});
  for (int turn = 0; turn < 20'000; ++turn) {
    if (random_() % 2 == 0) Ask(0);
    if (random_() % 3 == 0) Ask(1);
    const Turn turn_of = Next();
    if (turn_of.work_class != WorkClass::kQuery) continue;
    ASSERT_LE(Answer(turn_of.lane), 2);
  }
}

TEST_F(SchedulerTest, OnManyLanesItTakesAsManyPassesAsLanesAndAFew) {
  const int64_t k = 5;
  lanes_.assign(k + 2, {.reserve = 16, .sampling_rows = 48});
  int64_t of_samplers = 0;
  for (int turn = 0; turn < 20'000; ++turn) {
    for (int lane = 0; lane < k; ++lane) Ask(lane);
    const Turn turn_of = Next();
    if (turn_of.work_class == WorkClass::kQuery) {
      ASSERT_LE(Answer(turn_of.lane), k + 1 + (k - 1) / 8);
    } else {
      ++of_samplers;
    }
  }
  // And samplers of lanes without queries are not starved.
  EXPECT_GE(of_samplers, 20'000 / 9);
}

TEST_F(SchedulerTest, OverloadedClassesShareTheDeviceByTheirWeights) {
  lanes_ = {{.waiting_query_rows = 99, .reserve = 16}, {.sampling_rows = 48}};
  for (int turn = 0; turn < 20'000; ++turn) {
    Next();
    ASSERT_NEAR(seconds_[0] / 3.0, seconds_[1] / 1.0, longest_);
  }
}

TEST_F(SchedulerTest, LanesAlikeShareTheDeviceToOnePass) {
  for (const int64_t queries : {0, 99}) {
    lanes_.assign(
        3, {.waiting_query_rows = queries, .reserve = 16, .sampling_rows = 48});
    for (int turn = 0; turn < 20'000; ++turn) {
      Next();
      const auto [least, most] =
          std::minmax_element(lanes_.begin(), lanes_.end(),
                              [](const LaneLoad& a, const LaneLoad& b) {
                                return a.served_seconds < b.served_seconds;
                              });
      ASSERT_LE(most->served_seconds - least->served_seconds, longest_);
    }
  }
}

// A lane has worked alone for long, then slept; another wakes first.
TEST_F(SchedulerTest, ALaneThatWakesNeitherCatchesUpNorWaits) {
  lanes_ = {{.sampling_rows = 1, .served_seconds = 100.0}};
  Next();
  lanes_[0].sampling_rows = 0;
  EXPECT_EQ(scheduler_.floor(), 100.0);
  lanes_.push_back({.sampling_rows = 1,
                    .served_seconds = std::max(0.0, scheduler_.floor())});
  Next();
  lanes_[0].sampling_rows = 1;
  int64_t turns = 0;
  while (Next().lane != 0) ASSERT_LT(++turns, 40);
  while (Next().lane != 1) ASSERT_LT(++turns, 40);
}

Instant At(int seconds) { return Instant() + std::chrono::seconds(seconds); }

TEST(RankTest, ADeadlineCountsUntilTenSecondsOfWaitingDo) {
  EXPECT_EQ(RankOf(At(105), At(100)), At(105));
  EXPECT_EQ(RankOf(At(500), At(100)), At(110));
  EXPECT_EQ(RankOf(Instant::max(), At(100)), At(110));
}

std::vector<size_t> Parked(const std::vector<LiveBlock>& live, int64_t needed,
                           Instant rank) {
  std::vector<size_t> parked;
  PickParked(live, needed, rank, parked);
  return parked;
}

TEST(PickParkedTest, TheMostServedGoAndNoMoreThanAreNeeded) {
  const std::vector<LiveBlock> live = {{.evaluations = 4, .passes = 100},
                                       {.evaluations = 4, .passes = 300},
                                       {.evaluations = 4, .passes = 200}};
  EXPECT_THAT(Parked(live, 4, At(10)), ElementsAre(1));
  EXPECT_THAT(Parked(live, 5, At(10)), ElementsAre(1, 2));
}

TEST(PickParkedTest, NobodyGoesBeforeItsQuantumOrInVain) {
  const std::vector<LiveBlock> live = {
      {.evaluations = 4, .passes = kParkingQuantum - 1},
      {.evaluations = 4, .passes = kParkingQuantum}};
  EXPECT_THAT(Parked(live, 4, At(10)), ElementsAre(1));
  EXPECT_THAT(Parked(live, 5, At(10)), ElementsAre());
}

TEST(PickParkedTest, AnEarlierDeadlineStays) {
  const std::vector<LiveBlock> live = {
      {.evaluations = 4, .passes = 300, .deadline = At(5)},
      {.evaluations = 4, .passes = 100, .deadline = At(10)}};
  EXPECT_THAT(Parked(live, 4, At(10)), ElementsAre(1));
}

TEST(ShareFreeRowsTest, WhatFitsOneReserveIsTakenAtOnce) {
  EXPECT_THAT(Share({5, 1, 10}, 16, 16), ElementsAre(5, 1, 10));
}

TEST(ShareFreeRowsTest, QueriesGoWholeAndInOrder) {
  // The third would fit where the second does not, and waits behind it.
  EXPECT_THAT(Share({10, 10, 2}, 16, 16), ElementsAre(10, 0, 0));
}

TEST(ShareFreeRowsTest, AllThatIsFreeMayBeUsed) {
  EXPECT_THAT(Share({16, 16, 16, 16}, 64, 16), ElementsAre(16, 16, 16, 16));
}

TEST(ShareFreeRowsTest, ALargeQueryTakesWhatIsLeft) {
  EXPECT_THAT(Share({100, 4}, 16, 16), ElementsAre(12, 4));
}

TEST(ShareFreeRowsTest, SmallQueriesLeaveALargeOneHalfTheReserve) {
  EXPECT_THAT(Share({8, 8, 8, 100}, 16, 16), ElementsAre(8, 0, 0, 8));
}

// The bound that the design gives: ⌈rows / reserve⌉ passes for a query alone.
TEST(ShareFreeRowsTest, ALargeQueryAloneIsThroughInAsManyPassesAsReserves) {
  for (const int64_t rows : {17, 32, 33, 1000}) {
    int64_t left = rows, passes = 0;
    while (left > 0) {
      left -= Share({left}, 16, 16)[0];
      ++passes;
    }
    EXPECT_LE(passes, (rows + 15) / 16);
  }
}

TEST(CutIntoBlocksTest, AsFewAsFitAndNearlyEqual) {
  EXPECT_THAT(CutIntoBlocks(16, 16), ElementsAre(16));
  EXPECT_THAT(CutIntoBlocks(17, 16), ElementsAre(9, 8));
  EXPECT_THAT(CutIntoBlocks(50, 16), ElementsAre(13, 13, 12, 12));
}

}  // namespace
}  // namespace scoreserve
