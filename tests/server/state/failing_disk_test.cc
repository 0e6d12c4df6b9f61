// A sample; the long test fails every call.

#include "tests/server/state/failing_disk.h"

#include <cerrno>
#include <cstdint>

#include "gtest/gtest.h"
#include "tests/server/state/driver_run.h"

namespace scoreserve {
namespace {

DriverRun RunOf(uint64_t seed) {
  DriverRun run = {.folder = "", .seed = seed};
  run.changes = 25;
  return run;
}

TEST(FailingDiskTest, AChangeThatTheDiskDidNotTakeHasNotHappened) {
  FailEveryCall(RunOf(1), EIO, /*count=*/1, /*stride=*/7);
}

TEST(FailingDiskTest, AChangeThatTheDiskHadNoRoomForHasNotHappened) {
  FailEveryCall(RunOf(2), ENOSPC, /*count=*/1, /*stride=*/7);
}

TEST(FailingDiskTest, ItGoesOnOnceThereIsRoomAgain) {
  FailEveryCall(RunOf(3), ENOSPC, /*count=*/12, /*stride=*/17);
}

TEST(FailingDiskTest, ADiskThatStaysBrokenLosesNothingThatWasAcknowledged) {
  FailEveryCall(RunOf(4), EIO, /*count=*/1'000'000, /*stride=*/17);
}

}  // namespace
}  // namespace scoreserve
