#include "server/engine/class_shares.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "gtest/gtest.h"

namespace scoreserve {
namespace {

constexpr ByClass<double> kWeights = {3.0, 2.0, 1.0};
constexpr WorkClass kAll[] = {WorkClass::kQuery, WorkClass::kSampling,
                              WorkClass::kTraining};

WorkClass MostBehind(const ClassShares& shares) {
  WorkClass best = kAll[0];
  for (const WorkClass other : kAll) {
    if (shares.Behind(other, best)) best = other;
  }
  return best;
}

// Turns of random length: whatever they are, time goes by the weights, to one
// turn of each.
TEST(ClassSharesTest, TimeGoesByTheWeightsToOneTurn) {
  ClassShares shares(kWeights);
  std::mt19937 random(3);
  std::exponential_distribution<double> length(1.0);
  ByClass<double> seconds = {}, longest = {};
  for (int turn = 0; turn < 10'000; ++turn) {
    shares.Want({true, true, true});
    const size_t next = IndexOf(MostBehind(shares));
    const double took = length(random);
    seconds[next] += took;
    longest[next] = std::max(longest[next], took);
    shares.Served(static_cast<WorkClass>(next), took);
    for (size_t a = 0; a < kNumWorkClasses; ++a) {
      for (size_t b = 0; b < kNumWorkClasses; ++b) {
        ASSERT_LE(seconds[a] / kWeights[a] - seconds[b] / kWeights[b],
                  longest[a] / kWeights[a] + 1e-9);
      }
    }
  }
}

TEST(ClassSharesTest, WhoDidNotWantItHasNoClaimToThatTime) {
  ClassShares shares(kWeights);
  shares.Want({true, false, false});
  shares.Served(WorkClass::kQuery, 300.0);
  shares.Want({true, true, false});
  EXPECT_FALSE(shares.Behind(WorkClass::kSampling, WorkClass::kQuery));
  shares.Served(WorkClass::kSampling, 1.0);
  EXPECT_TRUE(shares.Behind(WorkClass::kQuery, WorkClass::kSampling));
}

TEST(ClassSharesTest, AfterAPauseOfAllTheyBeginAlike) {
  ClassShares shares(kWeights);
  shares.Want({true, false, false});
  shares.Served(WorkClass::kQuery, 300.0);
  shares.Want({});
  shares.Want({true, true, false});
  EXPECT_FALSE(shares.Behind(WorkClass::kSampling, WorkClass::kQuery));
  EXPECT_FALSE(shares.Behind(WorkClass::kQuery, WorkClass::kSampling));
}

}  // namespace
}  // namespace scoreserve
