#include "client/cmd/state_frames.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scoreserve::ctl {
namespace {

using ::testing::ElementsAre;

// Rows of one number.
class StateFramesTest : public testing::Test {
 protected:
  void Take(int64_t step, int64_t first_row, const std::vector<float>& x) {
    frames_.Take({.step = step,
                  .first_row = first_row,
                  .rows = static_cast<int64_t>(x.size()),
                  .x = x});
  }

  StateFrames frames_{/*rows=*/3, /*dim=*/1, /*max_frames=*/2};
};

TEST_F(StateFramesTest, PutsPartsTogetherThatComeInAnyOrder) {
  Take(10, 0, {1, 2});
  Take(20, 0, {4, 5});
  Take(20, 2, {6});
  Take(10, 2, {3});
  const std::vector<StateFrame> complete = frames_.Complete();
  ASSERT_EQ(complete.size(), 2u);
  EXPECT_EQ(complete[0].step, 10);
  EXPECT_EQ(complete[0].x.dim, 1);
  EXPECT_THAT(complete[0].x.values, ElementsAre(1, 2, 3));
  EXPECT_EQ(complete[1].step, 20);
  EXPECT_THAT(complete[1].x.values, ElementsAre(4, 5, 6));
}

TEST_F(StateFramesTest, AStepThatLacksARowIsDropped) {
  Take(10, 0, {1, 2});
  Take(10, 0, {1, 2});  // Not the third row.
  Take(20, 0, {4, 5, 6});
  const std::vector<StateFrame> complete = frames_.Complete();
  ASSERT_EQ(complete.size(), 1u);
  EXPECT_EQ(complete[0].step, 20);
}

TEST_F(StateFramesTest, WhatComesTwiceIsTakenAgain) {
  Take(10, 0, {1, 2, 3});
  Take(10, 1, {7});
  EXPECT_THAT(frames_.Complete()[0].x.values, ElementsAre(1, 7, 3));
}

TEST_F(StateFramesTest, RowsBeyondThoseKeptAreLeftOut) {
  Take(10, 0, {1});
  Take(10, 1, {2, 3, 4, 5});
  Take(10, 3, {4, 5});
  EXPECT_THAT(frames_.Complete()[0].x.values, ElementsAre(1, 2, 3));
}

TEST_F(StateFramesTest, NoMoreStepsAreKeptThanThereIsRoomFor) {
  for (const int64_t step : {10, 20, 30}) Take(step, 0, {1, 2, 3});
  const std::vector<StateFrame> complete = frames_.Complete();
  ASSERT_EQ(complete.size(), 2u);
  EXPECT_EQ(complete[1].step, 20);
}

TEST_F(StateFramesTest, RowsOfAnotherWidthAreNoState) {
  const std::vector<float> x(6);
  frames_.Take({.step = 10, .first_row = 0, .rows = 3, .x = x});
  frames_.Take({.step = 10, .first_row = -1, .rows = 6, .x = x});
  EXPECT_TRUE(frames_.Complete().empty());
}

}  // namespace
}  // namespace scoreserve::ctl
