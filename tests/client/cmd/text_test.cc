#include <sstream>
#include <string>

#include "absl/time/time.h"
#include "client/cmd/did_you_mean.h"
#include "client/cmd/progress.h"
#include "client/cmd/text_table.h"
#include "gtest/gtest.h"

namespace scoreserve::ctl {
namespace {

constexpr absl::Time kBegin = absl::UnixEpoch();

TEST(DidYouMeanTest, SuggestsWhatIsASlipAwayElseListsAll) {
  EXPECT_EQ(DidYouMean("scroe", {"models", "score"}),
            "; did you mean 'score'?");
  EXPECT_EQ(DidYouMean("paint", {"models", "score"}),
            "; there are: models, score");
}

TEST(TextTableTest, ColumnsAreAsWideAsTheirWidestCell) {
  EXPECT_EQ(TextTable({{"σ", "b"}, {"long", "c"}}), "σ     b\nlong  c\n");
}

TEST(ProgressTest, TextHasRateAndTimeLeft) {
  EXPECT_EQ(ProgressText(0, 100, absl::Seconds(1)),
            "[--------------------]   0%  0/100 steps");
  EXPECT_EQ(ProgressText(25, 100, absl::Seconds(1)),
            "[#####---------------]  25%  25/100 steps  25/s  3.0 s left");
  EXPECT_EQ(ProgressText(100, 100, absl::Seconds(4)),
            "[####################] 100%  100/100 steps  25/s  4.0 s");
}

TEST(ProgressTest, ANoteStandsBehindTheText) {
  std::ostringstream out;
  ProgressLine progress(out, /*terminal=*/false, kBegin);
  progress.Show(50, 100, kBegin + absl::Seconds(1), "R-hat 1.013");
  EXPECT_EQ(out.str(),
            "[##########----------]  50%  50/100 steps  50/s  1.0 s left  "
            "R-hat 1.013\n");
}

TEST(ProgressTest, ElsewhereThanOnATerminalEachTenthIsALine) {
  std::ostringstream out;
  ProgressLine progress(out, /*terminal=*/false, kBegin);
  for (int64_t step = 1; step <= 1000; ++step) {
    progress.Show(step, 1000, kBegin + absl::Seconds(step));
  }
  progress.End();
  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

TEST(ProgressTest, ATerminalsLineIsDrawnAgainAtMostTenTimesASecond) {
  std::ostringstream out;
  ProgressLine progress(out, /*terminal=*/true, kBegin);
  for (int64_t step = 1; step <= 1000; ++step) {
    progress.Show(step, 1000, kBegin + absl::Milliseconds(step));
  }
  progress.End();
  const std::string text = out.str();
  EXPECT_LE(std::count(text.begin(), text.end(), '\r'), 11);
  EXPECT_NE(text.find("1000/1000"), std::string::npos);
  EXPECT_EQ(text.back(), '\n');
}

}  // namespace
}  // namespace scoreserve::ctl
