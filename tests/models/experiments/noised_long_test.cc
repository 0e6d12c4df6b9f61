#include <cstddef>
#include <cstdio>

#include "gtest/gtest.h"
#include "models/experiments/noised.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

// Objectives that are not told the noise come close to the one that is.
TEST(NoisedLongTest, DenoiseDigitsNearlyAsWell) {
  const auto errors = MeasureNoised(
      {.data = SCORESERVE_SOURCE "/tests/data", .seed = 1, .brief = false});
  ASSERT_TRUE(errors.ok()) << errors.status();
  const auto& denoising = errors->objectives.front();
  for (size_t j = 1; j < errors->objectives.size(); ++j) {
    const auto& objective = errors->objectives[j];
    for (size_t i = 0; i < errors->levels.size(); ++i) {
      const double level = errors->levels[i];
      const double ratio = objective.errors[i] / denoising.errors[i];
      std::printf("%s at %g: %.3f\n", objective.name.c_str(), level, ratio);
      EXPECT_LE(ratio, level < 0.1 ? 1.12 : 1.05)
          << objective.name << " at " << level;
    }
  }
}

}  // namespace
}  // namespace scoreserve
