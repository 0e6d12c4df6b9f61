#include "models/cmd/progress.h"

#include <cmath>
#include <cstdio>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

const absl::Time kStart = absl::UnixEpoch();

// What Progress writes for one update each second, ten steps a second.
std::string Written(bool terminal, int seconds) {
  std::FILE* file = std::tmpfile();
  Progress progress(file, terminal, absl::Seconds(10), 1000, kStart);
  for (int s = 1; s <= seconds; ++s) {
    progress.Update(10 * s, 1.5, 2.5, kStart + absl::Seconds(s));
  }
  progress.Finish();
  std::string text(static_cast<size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file), text.size());
  std::fclose(file);
  return text;
}

TEST(ProgressTest, LineTellsStepRateTimeLeftAndLosses) {
  EXPECT_EQ(
      ProgressLine(250, 1000, absl::Seconds(10), 14.3125, 15.5),
      "step 250/1000 (25 %), 25 steps/s, 30s left, loss 14.31, hold-out 15.5");
}

TEST(ProgressTest, HoldOutIsLeftOutWhereThereIsNone) {
  EXPECT_EQ(ProgressLine(1000, 1000, absl::Seconds(10), 1.0, std::nan("")),
            "step 1000/1000 (100 %), 100 steps/s, 0 left, loss 1");
}

TEST(ProgressTest, AFileGetsALineEveryInterval) {
  EXPECT_EQ(
      Written(false, 25),
      "step 100/1000 (10 %), 10 steps/s, 1m30s left, loss 1.5, hold-out 2.5\n"
      "step 200/1000 (20 %), 10 steps/s, 1m20s left, loss 1.5, hold-out 2.5\n");
}

TEST(ProgressTest, ATerminalsLineIsWrittenOverItselfAndEnded) {
  EXPECT_EQ(Written(true, 2),
            "\rstep 10/1000 (1 %), 10 steps/s, 1m39s left, loss 1.5, hold-out "
            "2.5\033[K"
            "\rstep 20/1000 (2 %), 10 steps/s, 1m38s left, loss 1.5, hold-out "
            "2.5\033[K"
            "\n");
}

}  // namespace
}  // namespace scoreserve
