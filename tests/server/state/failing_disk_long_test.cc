#include <cerrno>
#include <cstdint>

#include "gtest/gtest.h"
#include "tests/server/state/driver_run.h"
#include "tests/server/state/failing_disk.h"

namespace scoreserve {
namespace {

TEST(FailingDiskLongTest, EveryCallFailsOnce) {
  for (uint64_t seed = 10; seed < 12; ++seed) {
    DriverRun run = {.folder = "", .seed = seed};
    ASSERT_NO_FATAL_FAILURE(FailEveryCall(run, EIO, 1, 1));
    ASSERT_NO_FATAL_FAILURE(FailEveryCall(run, ENOSPC, 1, 1));
  }
}

TEST(FailingDiskLongTest, ItFailsFromEveryCallOn) {
  for (uint64_t seed = 20; seed < 21; ++seed) {
    DriverRun run = {.folder = "", .seed = seed};
    ASSERT_NO_FATAL_FAILURE(FailEveryCall(run, ENOSPC, 12, 1));
    ASSERT_NO_FATAL_FAILURE(FailEveryCall(run, EIO, 1'000'000, 1));
  }
}

}  // namespace
}  // namespace scoreserve
