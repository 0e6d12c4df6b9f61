// A short sample of memory_long_test.cc.

#include "tests/integration/load.h"

#include "gtest/gtest.h"

namespace scoreserve {
namespace {

TEST(LoadTest, NothingIsLeftBehindHoweverRequestsEnd) {
  Load load;
  load.Run(/*queries=*/2000, /*samplings=*/50);
  EXPECT_TRUE(load.ComesToRest());
}

}  // namespace
}  // namespace scoreserve
