// A server that learns is killed, and its power cut: a sample. The long test is
// thorough.

#include "gtest/gtest.h"
#include "tests/integration/fine_tune/kills.h"

namespace scoreserve {
namespace {

TEST(FineTuneKillTest, NothingIsLostWheneverTheServerIsKilled) {
  KillAtRandomMoments(/*seed=*/1, /*times=*/5, /*power_cut=*/false);
}

TEST(FineTuneKillTest, NothingIsLostWhereverACheckpointIsKilled) {
  KillAtFailpoints({"save checkpoint: before commit"}, {1, 2},
                   /*power_cut=*/false);
}

TEST(FineTuneKillTest, NothingIsLostWhereverAPublishIsKilled) {
  KillAtFailpoints({"version: renamed"}, {1, 2}, /*power_cut=*/false);
}

TEST(FineTunePowerCutTest, NothingIsLostWheneverItHappens) {
  KillAtRandomMoments(/*seed=*/2, /*times=*/4, /*power_cut=*/true);
}

}  // namespace
}  // namespace scoreserve
