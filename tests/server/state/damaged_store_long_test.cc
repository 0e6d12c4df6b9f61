#include "gtest/gtest.h"
#include "tests/server/state/damaged_store.h"

namespace scoreserve {
namespace {

using DamagedStoreLongTest = DamagedStore;

TEST_F(DamagedStoreLongTest, AThousandBitsOfTheDatabase) {
  FlipBits(/*seed=*/10, /*times=*/1000);
}

TEST_F(DamagedStoreLongTest, AThousandBitsOfTheLog) {
  FlipBitsOfLog(/*seed=*/11, /*times=*/1000);
}

}  // namespace
}  // namespace scoreserve
