#include <sstream>
#include <string>

#include "client/cmd/fine_tune_text.h"
#include "client/cmd/outcome.h"
#include "client/cmd/tune_arguments.h"
#include "client/cmd/tune_data.h"
#include "client/cmd/tune_progress.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scoreserve::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(JobNameTest, IsShortOrWhole) {
  EXPECT_EQ(*JobName("digits/a"), "models/digits/fineTunes/a");
  EXPECT_EQ(*JobName("models/digits/fineTunes/a"), "models/digits/fineTunes/a");
  EXPECT_EQ(ShortJobName("models/digits/fineTunes/a"), "digits/a");
  for (const char* bad : {"", "a", "/a", "a/", "a/b/c", "models/a/jobs/b"}) {
    EXPECT_EQ(ExitCodeOf(JobName(bad).status()), ExitCode::kUsage) << bad;
  }
}

// Two rows of three numbers each.
absl::StatusOr<TuneData> Select(const TuneDataOptions& options) {
  return SelectData(options, {.dim = 3, .values = {1, 2, 3, -1, 5, 6}});
}

TEST(TuneDataTest, ColumnsAreARangeOfTheFiles) {
  const auto columns = [](const std::string& text) {
    TuneDataOptions options;
    options.columns = text;
    return Select(options);
  };
  EXPECT_THAT(columns("1:3")->rows.values, ElementsAre(2, 3, 5, 6));
  EXPECT_EQ(columns("1:3")->rows.dim, 2);
  EXPECT_EQ(columns("")->rows.dim, 3);
  for (const char* bad : {"1", "2:2", "-1:2", "0:4", "a:b", "0:1:2"})
    EXPECT_EQ(ExitCodeOf(columns(bad).status()), ExitCode::kUsage) << bad;
}

TEST(TuneDataTest, ClassesAreAColumnOrWhatIsSaid) {
  TuneDataOptions options;
  EXPECT_TRUE(Select(options)->classes.empty());
  options.condition.condition = "class=7";
  EXPECT_THAT(Select(options)->examples().classes, ElementsAre(7));
  options.condition.condition = "class=7,8,9";
  EXPECT_THAT(Select(options)->classes, ElementsAre(7, 8));
  options.class_column = 0;
  options.columns = "1:3";
  EXPECT_THAT(Select(options)->classes, ElementsAre(1, -1));
  EXPECT_THAT(Select(options)->rows.values, ElementsAre(2, 3, 5, 6));
}

TEST(TuneDataTest, AColumnThatCannotBeTheClassesIsRefused) {
  const auto refused = [](int64_t column, const std::string& columns,
                          float class_0) {
    TuneDataOptions options;
    options.class_column = column;
    options.columns = columns;
    return ExitCodeOf(SelectData(options, {.dim = 2, .values = {class_0, 0}})
                          .status()) == ExitCode::kUsage;
  };
  EXPECT_FALSE(refused(0, "1:2", 3.0f));
  EXPECT_TRUE(refused(0, "1:2", 0.5f));
  EXPECT_TRUE(refused(0, "1:2", -2.0f));
  EXPECT_TRUE(refused(2, "0:1", 0.0f));
  EXPECT_TRUE(refused(-1, "0:1", 0.0f));
  EXPECT_TRUE(refused(0, "0:1", 0.0f));  // One of the data's.
  EXPECT_TRUE(refused(0, "", 0.0f));
}

TEST(TuneArgumentsTest, AnIdIsTheTimeAndARandomNumber) {
  EXPECT_EQ(NewJobId(absl::FromUnixSeconds(0), 0xabc0f),
            "19700101-000000-bc0f");
}

FineTune Job() {
  FineTune job;
  job.name = FineTuneName("digits", "a");
  job.spec.base.name = "digits";
  job.state = FineTuneState::kRunning;
  job.rows = 1797;
  return job;
}

GateCheck Check(double improvement) {
  return {.step = 400,
          .rows = 2048,
          .hold_out = 0.75,
          .improvement = improvement,
          .standard_error = 0.125,
          .reference_version = 2};
}

TEST(TuneTextTest, ANoteSaysHowTheJobIs) {
  FineTune job = Job();
  job.note = "waits for rows";
  EXPECT_EQ(TuneNote(job), "rows 1797  waits for rows");
  job.note = "";
  job.loss = 1.25;
  job.steps_per_second = 812.4;
  job.last_check = Check(-0.5);
  EXPECT_EQ(TuneNote(job),
            "loss 1.25  hold-out 0.75 (0.5 \u00b1 0.1 worse)  812/s  rows "
            "1797");
  job.state = FineTuneState::kPaused;
  job.note = "version 3 was worse";
  EXPECT_THAT(TuneNote(job), HasSubstr("paused: version 3 was worse"));
}

TEST(TuneTextTest, ASummaryNamesWhatWasPublishedOrWhyNot) {
  FineTune job = Job();
  job.state = FineTuneState::kSucceeded;
  job.step = 800;
  job.not_published = "no better";
  EXPECT_EQ(SummaryText(job),
            "digits/a succeeded after 800 steps on 1797 rows\n"
            "nothing was published: no better\n");
  job.published = {
      {.version = 3, .time = {}, .check = Check(0.5), .rolled_back = true}};
  EXPECT_THAT(SummaryText(job),
              HasSubstr("published version 3 at step 400: hold-out 0.75, 0.5 "
                        "\u00b1 0.12 better than version 2 on 2048 rows; "
                        "rolled back\n"));
}

TEST(TuneProgressTest, VersionsHaveLinesOfTheirOwn) {
  std::ostringstream out;
  const absl::Time begin = absl::UnixEpoch();
  TuneProgress progress(out, /*terminal=*/false, begin);
  FineTune job = Job();
  job.spec.steps = 10;
  job.step = 1;
  progress.Show(job, begin + absl::Seconds(1));
  job.published = {
      {.version = 3, .time = {}, .check = Check(0.5), .rolled_back = false}};
  progress.Show(job, begin + absl::Seconds(2));
  progress.Show(job, begin + absl::Seconds(3));
  job.published[0].rolled_back = true;
  job.step = 10;
  progress.Show(job, begin + absl::Seconds(4));
  EXPECT_EQ(out.str(),
            "[##------------------]  10%  1/10 steps  1/s  9.0 s left  rows "
            "1797\n"
            "published version 3 at step 400: hold-out 0.75, 0.5 \u00b1 0.12 "
            "better than version 2 on 2048 rows\n"
            "version 3 was rolled back\n"
            "[####################] 100%  10/10 steps  2/s  4.0 s  rows "
            "1797\n");
}

TEST(TuneProgressTest, AJobWithoutAnEndHasALineNowAndThen) {
  std::ostringstream out;
  const absl::Time begin = absl::UnixEpoch();
  TuneProgress progress(out, /*terminal=*/false, begin);
  FineTune job = Job();
  for (int second = 0; second <= 20; ++second) {
    job.step = second;
    progress.Show(job, begin + absl::Seconds(second));
  }
  EXPECT_EQ(out.str(),
            "step 0  rows 1797\nstep 10  rows 1797\nstep 20  rows 1797\n");
}

}  // namespace
}  // namespace scoreserve::ctl
