// Ten thousand versions later, a server holds no more memory than before.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/integration/swap.h"
#include "tests/support/memory_use.h"

namespace scoreserve {
namespace {

TEST(SwapLongTest, TenThousandVersionsLeaveNothingBehind) {
  // Else glibc counts what its threads keep for themselves as allocated.
  const char* tunables = std::getenv("GLIBC_TUNABLES");
  ASSERT_EQ(std::string(tunables == nullptr ? "" : tunables),
            "glibc.malloc.tcache_count=0")
      << "this test needs GLIBC_TUNABLES set so; ctest does it";
  constexpr int kWarmUp = 1, kTenths = 10, kSwaps = 1000;
  Swap swap;
  std::vector<MemoryUse> uses;
  int64_t answered = 0;
  std::vector<std::weak_ptr<const ModelSnapshot>> forgotten;
  for (int tenth = 0; tenth < kWarmUp + kTenths; ++tenth) {
    answered += swap.AskDuring([&] {
      for (int i = 0; i < kSwaps; ++i) {
        swap.Publish();
        swap.SetStable(swap.newest());
        const int64_t before = swap.newest() - 1;
        forgotten.push_back(*swap.server().server().registry().Find(
            {.name = "swapped", .version = before, .alias = {}}));
        ASSERT_TRUE(swap.server().repository().Delete("swapped", before).ok());
      }
    });
    ASSERT_TRUE(swap.server().server().registry().Poll().ok());
    // All that ran on them has ended; the last may still be being let go.
    const auto lives = [](const auto& snapshot) { return !snapshot.expired(); };
    while (std::any_of(forgotten.begin(), forgotten.end(), lives)) {
      swap.AskDuring([] {});
    }
    forgotten = {};
    MemoryUse least = MemoryUseNow();
    for (int reading = 0; reading < 20; ++reading) {
      swap.AskDuring([] {});
      const MemoryUse now = MemoryUseNow();
      least.allocated = std::min(least.allocated, now.allocated);
      least.resident = now.resident;
    }
    uses.push_back(least);
    std::cout << least.allocated / kKiB << " KiB allocated, "
              << least.resident / kKiB << " KiB resident, " << answered
              << " requests answered\n";
  }
  const MemoryUse first = uses[kWarmUp], last = uses.back();
  EXPECT_LT(std::abs(last.allocated - first.allocated), 64 * kKiB);
  EXPECT_LT(last.resident - first.resident, 4 * kMiB);
}

}  // namespace
}  // namespace scoreserve
