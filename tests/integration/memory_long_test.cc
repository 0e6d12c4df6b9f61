// A server that has served for a while holds no more memory than before.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/integration/load.h"
#include "tests/support/memory_use.h"

namespace scoreserve {
namespace {

// What gRPC still cleans up, and a poll of the repository, only add: the least
// of many readings is what stays.
MemoryUse AtRest(Load& load) {
  MemoryUse least = MemoryUseNow();
  for (int reading = 0; reading < 20; ++reading) {
    load.AskOneByOne(10);
    const MemoryUse now = MemoryUseNow();
    least.allocated = std::min(least.allocated, now.allocated);
    least.resident = now.resident;
  }
  return least;
}

TEST(MemoryLongTest, AHundredThousandQueriesLeaveNothingBehind) {
  // Else glibc counts what its threads keep for themselves as allocated.
  const char* tunables = std::getenv("GLIBC_TUNABLES");
  ASSERT_EQ(std::string(tunables == nullptr ? "" : tunables),
            "glibc.malloc.tcache_count=0")
      << "this test needs GLIBC_TUNABLES set so; ctest does it";
  constexpr int kWarmUp = 1, kTenths = 10;
  Load load;
  // Threads of gRPC's that compute a pass for the first time keep buffers of
  // the matrix product's.
  load.AskOneByOne(10'000);
  std::vector<MemoryUse> uses;
  load.Run(/*queries=*/10'000, /*samplings=*/100, kWarmUp + kTenths, [&] {
    EXPECT_TRUE(load.ComesToRest());
    uses.push_back(AtRest(load));
    std::cout << uses.back().allocated / kKiB << " KiB allocated, "
              << uses.back().resident / kKiB << " KiB resident\n";
  });
  const MemoryUse first = uses[kWarmUp], last = uses.back();
  EXPECT_LT(std::abs(last.allocated - first.allocated), 64 * kKiB);
  EXPECT_LT(last.resident - first.resident, 2 * kMiB);
}

}  // namespace
}  // namespace scoreserve
