#include "models/plots/ticks.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// The labels that are not empty.
std::vector<std::string> Labels(const std::vector<Tick>& ticks) {
  std::vector<std::string> labels;
  for (const Tick& tick : ticks) {
    if (!tick.label.empty()) labels.push_back(tick.label);
  }
  return labels;
}

TEST(TicksTest, StepsAreOneTwoOrFiveTimesAPowerOfTen) {
  EXPECT_THAT(Labels(LinearTicks(0, 10, 5)),
              ElementsAre("0", "2", "4", "6", "8", "10"));
  EXPECT_THAT(Labels(LinearTicks(-0.1, 1.1, 3)),
              ElementsAre("0", "0.5", "1.0"));
  EXPECT_THAT(Labels(LinearTicks(0, 99, 10)), SizeIs(10));
}

TEST(TicksTest, LargeAndSmallNumbersSharePowers) {
  EXPECT_THAT(Labels(LinearTicks(0, 2e6, 2)),
              ElementsAre("0", "1·10⁶", "2·10⁶"));
  EXPECT_THAT(Labels(LinearTicks(0, 1e-5, 2)),
              ElementsAre("0", "0.5·10⁻⁵", "1.0·10⁻⁵"));
}

TEST(TicksTest, LogTicksArePowersOfTenWithMarksBetween) {
  const std::vector<Tick> ticks = LogTicks(0.05, 200, 6);
  EXPECT_THAT(Labels(ticks), ElementsAre("0.1", "1", "10", "100"));
  EXPECT_EQ(ticks.size(), 4u + 5 + 8 + 8 + 8 + 1);
}

TEST(TicksTest, ManyPowersAreThinnedOut) {
  EXPECT_THAT(Labels(LogTicks(1e-8, 1e8, 5)),
              ElementsAre("10⁻⁸", "10⁻⁴", "1", "10000", "10⁸"));
}

TEST(TicksTest, LessThanTwoPowersOfTenHaveLinearTicks) {
  EXPECT_THAT(Labels(LogTicks(2, 6, 4)), ElementsAre("2", "3", "4", "5", "6"));
}

}  // namespace
}  // namespace scoreserve
