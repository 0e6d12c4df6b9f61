// scorectl's fine-tuning commands, against the real service over jobs in
// memory.

#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/integration/client/run_scorectl.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tune_server.h"

namespace scoreserve {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class ScorectlTuneTest : public ::testing::Test {
 protected:
  ScorectlTuneTest() {
    std::ofstream(folder_ / "rows.csv") << "1,2\n3,4\n5,6\n";
    std::ofstream(folder_ / "wide.csv") << "0,1,2\n0,3,4\n0,5,6\n";
  }

  // Through a shell, with `before` in front.
  Ran Run(const std::string& arguments, const std::string& before = "") {
    return RunScorectl(folder_, server_.address(), arguments, "", before);
  }

  TempFolder folder_;
  TuneServer server_;
};

TEST_F(ScorectlTuneTest, AFileIsStreamedAndWhatWasPublishedIsTold) {
  server_.EndWithRows(3, /*publish=*/true);
  const Ran ran =
      Run("tune plain --data rows.csv --steps 20 --id one --seed 5 "
          "--hold-out-share 0.4 --set batch=2 --set learning_rate=0.01");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("plain/one succeeded after 20 steps on 3 rows\n"),
                    HasSubstr("published version 3 at step 20")));
  EXPECT_THAT(ran.err, AllOf(HasSubstr("job plain/one, 3 rows"),
                             HasSubstr("100%  20/20 steps")));
  EXPECT_THAT(server_.Rows("models/plain/fineTunes/one"),
              ElementsAre(1, 2, 3, 4, 5, 6));
  const auto job = nlohmann::json::parse(
      Run("jobs models/plain/fineTunes/one --format json").out);
  EXPECT_EQ(job["spec"]["seed"], 5);
  EXPECT_EQ(job["spec"]["hold_out_share"], 0.4);
  EXPECT_EQ(job["spec"]["trainer_options"]["batch"], 2);
  EXPECT_EQ(job["published"][0]["version"], 3);
}

TEST_F(ScorectlTuneTest, WhatTheJobIsToldArrives) {
  const Ran ran =
      Run("tune plain --data rows.csv --id one --detach --format json "
          "--buffer reservoir --capacity 1000 --min-rows 10 "
          "--gate-objective sliced --gate-objective-set projections=4 "
          "--publish-interval 4 --checkpoint-interval 0.5 "
          "--max-rows 2000 --max-bytes 4000000");
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const auto spec = nlohmann::json::parse(ran.out)["spec"];
  EXPECT_EQ(spec["buffer"], "reservoir");
  EXPECT_EQ(spec["capacity"], 1000);
  EXPECT_EQ(spec["min_rows"], 10);
  EXPECT_EQ(spec["gate_objective"], "sliced");
  EXPECT_EQ(spec["gate_objective_options"]["projections"], 4);
  EXPECT_EQ(spec["publish_interval"], 4.0);
  EXPECT_EQ(spec["checkpoint_interval"], 0.5);
  EXPECT_EQ(spec["max_rows"], 2000);
  EXPECT_EQ(spec["max_bytes"], 4000000);
}

TEST_F(ScorectlTuneTest, AnOptionOutOfItsRangeIsTold) {
  for (const char* bad :
       {"--buffer ring", "--capacity 0", "--checkpoint-interval 0.05",
        "--max-rows 0", "--max-bytes -1", "--gate-objective-set projections=4",
        "--gate-objective denoise", "--condition class=x",
        "--condition class=1 --class-column 0"}) {
    const Ran ran = Run(absl::StrCat("tune plain --data rows.csv ", bad));
    EXPECT_EQ(ran.exit_code, 2) << bad << ran.err;
  }
}

TEST(ScorectlTuneClassesTest, ClassesGoWithTheirRows) {
  TempFolder folder;
  TuneServer server(/*has_jobs=*/true, /*classes=*/10);
  std::ofstream(folder / "rows.csv") << "7,1,2\n-1,3,4\n0,5,6\n";
  const auto classes = [&](const std::string& id, const std::string& how) {
    const Ran ran =
        RunScorectl(folder, server.address(),
                    absl::StrCat("tune plain --data rows.csv --columns 1:3 "
                                 "--detach --id ",
                                 id, " ", how));
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(server.Rows("models/plain/fineTunes/" + id),
                ElementsAre(1, 2, 3, 4, 5, 6));
    return server.Classes("models/plain/fineTunes/" + id);
  };
  EXPECT_THAT(classes("column", "--class-column 0"), ElementsAre(7, -1, 0));
  EXPECT_THAT(classes("one", "--condition class=3"), ElementsAre(3, 3, 3));
  EXPECT_THAT(classes("turns", "--condition class=3,4"), ElementsAre(3, 4, 3));
}

TEST_F(ScorectlTuneTest, NothingPublishedIsToldWithItsReasonAndIsNoFailure) {
  server_.EndWithRows(3, /*publish=*/false);
  const Ran ran =
      Run("tune plain@1 --data wide.csv --columns 1:3 --steps 20 --format "
          "json");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const auto job = nlohmann::json::parse(ran.out);
  EXPECT_EQ(job["state"], "succeeded");
  EXPECT_EQ(job["not_published"],
            "the improvement is 2 standard errors, not 3");
  EXPECT_EQ(job["rows"], 3);
}

TEST_F(ScorectlTuneTest, DetachedItLeavesTheJobAndJobsAreChangedByName) {
  const Ran detached =
      Run("tune plain --data rows.csv --steps 20 --id one --detach");
  EXPECT_EQ(detached.exit_code, 0) << detached.err;
  EXPECT_THAT(detached.out, AllOf(HasSubstr("plain/one has 3 rows"),
                                  HasSubstr("scorectl cancel plain/one")));
  // The same again is the same job.
  EXPECT_EQ(
      Run("tune plain --data rows.csv --steps 20 --id one --detach").exit_code,
      0);
  EXPECT_THAT(Run("jobs").out,
              AllOf(HasSubstr("plain/one"), HasSubstr("running"),
                    HasSubstr("0/20"), HasSubstr("waits for rows")));
  EXPECT_THAT(Run("jobs other").out, Not(HasSubstr("plain/one")));
  EXPECT_THAT(Run("jobs plain/one").out, HasSubstr("3, 0 of them held out"));
  EXPECT_EQ(Run("pause plain/one").out, "plain/one is paused at step 0\n");
  EXPECT_EQ(Run("resume models/plain/fineTunes/one").out,
            "plain/one is running at step 0\n");
  EXPECT_EQ(Run("cancel plain/one").out, "plain/one is cancelled at step 0\n");
  const Ran ended = Run("pause plain/one");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("[JOB_ENDED]"));
  EXPECT_EQ(Run("delete plain/one").exit_code, 0);
  EXPECT_THAT(Run("jobs plain/one").err, HasSubstr("[JOB_NOT_FOUND]"));
  EXPECT_EQ(Run("pause one").exit_code, 2);
}

TEST_F(ScorectlTuneTest, AMistakeIsFoundBeforeAJobIsMade) {
  EXPECT_EQ(Run("tune plain --data none.csv").exit_code, 5);
  EXPECT_THAT(Run("tune plain --data wide.csv").err,
              HasSubstr("rows must have 2 numbers"));
  EXPECT_THAT(Run("tune plain --data rows.csv --objective slice").err,
              HasSubstr("did you mean 'sliced'?"));
  EXPECT_THAT(Run("tune plain --data rows.csv --set bach=3").err,
              HasSubstr("the trainer has no option 'bach'; did you mean "
                        "'batch'?"));
  const Ran wrong = Run("tune plain --data rows.csv --objective-set x");
  EXPECT_THAT(wrong.err, HasSubstr("--objective-set must be OPTION=VALUE"));
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_EQ(nlohmann::json::parse(Run("jobs --format json").out)["jobs"].size(),
            0u);
}

TEST_F(ScorectlTuneTest, ObjectivesAreListedWithTheTrainersOptions) {
  EXPECT_THAT(Run("objectives").out,
              AllOf(HasSubstr("denoising"), HasSubstr("learning_rate")));
  EXPECT_THAT(Run("objectives sliced").out,
              HasSubstr("--objective-set OPTION=VALUE"));
  EXPECT_EQ(Run("objectives none").exit_code, 2);
}

TEST_F(ScorectlTuneTest, CtrlCLeavesTheJobAndSaysHowToGoOn) {
  std::thread interrupts([&] {
    server_.AwaitAppends(1);
    server_.AwaitWatches(1);
    std::system(absl::StrCat("kill -INT $(cat ", folder_ / "pid", ")").c_str());
  });
  // The shell's place is taken by scorectl, whose process has its number.
  const Ran ran = Run("tune plain --data rows.csv --id one",
                      "sh -c 'echo $$ > pid; exec \"$@\"' sh");
  interrupts.join();
  EXPECT_TRUE(WIFSIGNALED(ran.status) ? WTERMSIG(ran.status) == SIGINT
                                      : ran.exit_code == 128 + SIGINT)
      << ran.status << ran.err;
  EXPECT_THAT(ran.err, AllOf(HasSubstr("'scorectl cancel plain/one' ends it"),
                             HasSubstr("--id one")));
  EXPECT_THAT(Run("jobs plain/one").out, HasSubstr("running"));
}

TEST(ScorectlTuneFailureTest, AFailedJobIsAnError) {
  // By the job itself, with a message that is its own.
  TempFolder folder;
  TuneServer server;
  std::ofstream(folder / "rows.csv") << "1,2\n";
  std::thread fails([&] {
    server.AwaitAppends(1);
    server.AwaitWatches(1);
    server.Fail("models/plain/fineTunes/one", "10 of 1000 steps were skipped");
  });
  const int status = std::system(
      absl::StrCat("SCORESERVE_SERVER=", server.address(), " ",
                   SCORESERVE_SCORECTL, " tune plain --id one --data ",
                   folder / "rows.csv", " > ", folder / "out", " 2> ",
                   folder / "err")
          .c_str());
  fails.join();
  EXPECT_EQ(WEXITSTATUS(status), 1);
  std::stringstream err;
  err << std::ifstream(folder / "err").rdbuf();
  EXPECT_THAT(err.str(), HasSubstr("10 of 1000 steps were skipped"));
}

}  // namespace
}  // namespace scoreserve
