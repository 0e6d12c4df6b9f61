#include "tests/integration/client/kills.h"

namespace scoreserve {
namespace {

TEST(ResumeLongTest, FiftyConnectionsThatAreKilledChangeNothing) {
  Kills(/*seed=*/50).Run(50);
}

}  // namespace
}  // namespace scoreserve
