#include "server/engine/scheduler.h"

#include <cstdint>
#include <numeric>
#include <optional>
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

TEST(PickLaneTest, NobodyHasWork) {
  EXPECT_EQ(PickLane({}), std::nullopt);
  const std::vector<LaneLoad> idle(2);
  EXPECT_EQ(PickLane(idle), std::nullopt);
}

TEST(PickLaneTest, AWaitingQueryGoesBeforeSamplers) {
  const std::vector<LaneLoad> lanes = {{.waiting_query_rows = 0,
                                        .sampling_rows = 64,
                                        .served_seconds = 0.0,
                                        .in_flight = false},
                                       {.waiting_query_rows = 1,
                                        .sampling_rows = 0,
                                        .served_seconds = 9.0,
                                        .in_flight = false}};
  EXPECT_THAT(PickLane(lanes), Optional(1));
}

TEST(PickLaneTest, AmongEqualsTheLeastServed) {
  const std::vector<LaneLoad> lanes = {{.waiting_query_rows = 0,
                                        .sampling_rows = 1,
                                        .served_seconds = 2.0,
                                        .in_flight = false},
                                       {.waiting_query_rows = 0,
                                        .sampling_rows = 1,
                                        .served_seconds = 1.0,
                                        .in_flight = false}};
  EXPECT_THAT(PickLane(lanes), Optional(1));
}

TEST(PickLaneTest, ALaneInFlightIsPassedOver) {
  const std::vector<LaneLoad> lanes = {{.waiting_query_rows = 1,
                                        .sampling_rows = 0,
                                        .served_seconds = 0.0,
                                        .in_flight = true},
                                       {.waiting_query_rows = 0,
                                        .sampling_rows = 1,
                                        .served_seconds = 0.0,
                                        .in_flight = false}};
  EXPECT_THAT(PickLane(lanes), Optional(1));
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
