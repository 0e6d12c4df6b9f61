// A server that learns is killed, and its power cut, at every step and often.
// SCORESERVE_KILLS says how often.

#include <cstdlib>

#include "gtest/gtest.h"
#include "tests/integration/fine_tune/kills.h"

namespace scoreserve {
namespace {

int Kills(int otherwise) {
  const char* text = std::getenv("SCORESERVE_KILLS");
  return text == nullptr ? otherwise : std::atoi(text);
}

TEST(FineTuneKillLongTest, NothingIsLostWheneverTheServerIsKilled) {
  KillAtRandomMoments(/*seed=*/11, Kills(100), /*power_cut=*/false);
}

TEST(FineTuneKillLongTest, NothingIsLostWhereverTheServerIsKilled) {
  KillAtFailpoints({}, {1, 2, 3, 5, 8, 13}, /*power_cut=*/false);
}

TEST(FineTunePowerCutLongTest, NothingIsLostWheneverItHappens) {
  KillAtRandomMoments(/*seed=*/12, Kills(50), /*power_cut=*/true);
}

TEST(FineTunePowerCutLongTest, NothingIsLostWhereverItHappens) {
  KillAtFailpoints({}, {1, 2, 5}, /*power_cut=*/true);
}

}  // namespace
}  // namespace scoreserve
