#include <cstdint>

#include "gtest/gtest.h"
#include "tests/server/state/kill_store.h"

namespace scoreserve {
namespace {

TEST(KillStoreLongTest, AtEveryFailpointOfFiftyHistories) {
  for (uint64_t seed = 1000; seed < 1050; ++seed) {
    ASSERT_NO_FATAL_FAILURE(KillAtFailpoints(seed, /*changes=*/15,
                                             /*stride=*/1,
                                             /*power_cut=*/false));
  }
}

TEST(KillStoreLongTest, AtRandomMoments) {
  KillAtRandomMoments(/*first_seed=*/2000, /*times=*/500, /*power_cut=*/false);
}

TEST(PowerCutLongTest, AtEveryFailpointOfFiftyHistories) {
  for (uint64_t seed = 3000; seed < 3050; ++seed) {
    ASSERT_NO_FATAL_FAILURE(KillAtFailpoints(seed, /*changes=*/15,
                                             /*stride=*/1,
                                             /*power_cut=*/true));
  }
}

TEST(PowerCutLongTest, AtRandomMoments) {
  KillAtRandomMoments(/*first_seed=*/4000, /*times=*/500, /*power_cut=*/true);
}

}  // namespace
}  // namespace scoreserve
