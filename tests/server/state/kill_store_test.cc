// The store after its process was killed, and after a power cut: a sample. The
// long test is thorough.

#include "tests/server/state/kill_store.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

using ::testing::Contains;

TEST(KillStoreTest, ItsRunReachesEveryStepOfTheProtocol) {
  const std::vector<std::string> names = ReachedFailpoints(1, 60);
  for (const char* name :
       {"file: created", "file: written", "file: synced", "file: renamed",
        "folder: synced", "create database: before commit",
        "create database: committed", "create: before commit",
        "create: committed", "set status: before commit",
        "set status: committed", "append: before commit", "append: committed",
        "prune: before commit", "prune: committed", "delete: before commit",
        "delete: committed", "save checkpoint: before commit",
        "save checkpoint: committed"}) {
    EXPECT_THAT(names, Contains(name));
  }
}

TEST(KillStoreTest, WhatWasAcknowledgedIsThereWhereverItWasKilled) {
  KillAtFailpoints(/*seed=*/1, /*changes=*/60, /*stride=*/11,
                   /*power_cut=*/false);
}

TEST(KillStoreTest, WhatWasAcknowledgedIsThereWheneverItWasKilled) {
  KillAtRandomMoments(/*first_seed=*/100, /*times=*/10, /*power_cut=*/false);
}

TEST(PowerCutTest, WhatWasAcknowledgedIsThereWhereverItHappened) {
  KillAtFailpoints(/*seed=*/2, /*changes=*/60, /*stride=*/11,
                   /*power_cut=*/true);
}

TEST(PowerCutTest, WhatWasAcknowledgedIsThereWheneverItHappened) {
  KillAtRandomMoments(/*first_seed=*/200, /*times=*/10, /*power_cut=*/true);
}

}  // namespace
}  // namespace scoreserve
