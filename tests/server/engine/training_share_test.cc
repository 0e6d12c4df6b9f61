#include "server/engine/training_share.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace scoreserve {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kBegin{};

// A device that is never without requests, whose passes and pieces take so
// long: what of a second quanta get, at most over any, in all after that, and
// how long they are.
struct Busy {
  double most_of_a_second = 0.0;
  double share = 0.0;
  double shortest = 1.0, longest = 0.0;  // Quantum.
};
Busy KeepBusy(double share, milliseconds pass, milliseconds piece) {
  TrainingShare training(share);
  Instant now = kBegin;
  std::vector<std::pair<Instant, double>> quanta;
  double trained = 0.0;
  while (now < kBegin + seconds(20)) {
    now += pass;
    training.Served(now);
    if (training.DueAt(now) > now) continue;
    const Instant begun = now;
    do {
      now += piece;
      training.Trained(now, SecondsBetween(now - piece, now));
    } while (!training.Spent(now) && now + piece <= begun + milliseconds(10));
    quanta.emplace_back(now, SecondsBetween(begun, now));
    trained += quanta.back().second;
  }
  Busy busy = {.share = trained / SecondsBetween(kBegin, now)};
  for (const auto& [end, took] : quanta) {
    busy.shortest = std::min(busy.shortest, took);
    busy.longest = std::max(busy.longest, took);
    double within = 0.0;
    for (const auto& [at, spent] : quanta) {
      if (at <= end && at > end - seconds(1)) within += spent;
    }
    busy.most_of_a_second = std::max(busy.most_of_a_second, within);
  }
  return busy;
}

TEST(TrainingShareTest, ABusyDeviceGivesTheShareAndNoMoreOverAnySecond) {
  for (const double share : {0.05, 0.2, 0.5}) {
    for (const int piece : {1, 3, 10}) {
      const Busy busy = KeepBusy(share, milliseconds(2), milliseconds(piece));
      EXPECT_NEAR(busy.share, share, 0.05 * share) << share << " " << piece;
      EXPECT_LE(busy.most_of_a_second, share + 2 * kQuantumSeconds)
          << share << " " << piece;
    }
  }
}

TEST(TrainingShareTest, ABusyDeviceGivesItInTurnsThatAreWorthWhile) {
  for (const double share : {0.05, 0.2, 0.4}) {
    const Busy busy = KeepBusy(share, milliseconds(2), milliseconds(1));
    EXPECT_GE(busy.shortest, TrainingShare::kTurnSeconds) << share;
    EXPECT_LE(busy.longest, kQuantumSeconds + 1e-9) << share;
  }
}

TEST(TrainingShareTest, AnIdleDeviceIsFree) {
  TrainingShare training(0.0);
  EXPECT_EQ(training.DueAt(kBegin), kBegin);
  training.Served(kBegin);
  const Instant idle = training.DueAt(kBegin);
  EXPECT_EQ(idle, kBegin + milliseconds(50));
  EXPECT_EQ(training.DueAt(idle), idle);
}

TEST(TrainingShareTest, AGapBetweenTwoRequestsIsNotIdleness) {
  TrainingShare training(0.1);
  training.Served(kBegin);
  training.Trained(kBegin + milliseconds(10), 0.01);
  training.Served(kBegin + milliseconds(11));
  const Instant gap = kBegin + milliseconds(12);
  EXPECT_GT(training.DueAt(gap), gap);
}

TEST(TrainingShareTest, WhatIdleTimeWasUsedForIsNotOwed) {
  TrainingShare training(0.2);
  training.Served(kBegin);
  Instant now = kBegin + seconds(10);
  for (int i = 0; i < 100; ++i) {
    now += milliseconds(10);
    training.Trained(now, 0.01);
  }
  training.Served(now + milliseconds(1));
  EXPECT_EQ(training.DueAt(now + milliseconds(1)), now + milliseconds(1));
}

}  // namespace
}  // namespace scoreserve
