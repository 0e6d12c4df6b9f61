// Several seeds of one run.

#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "ATen/ops/empty.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/cmd/curve.h"
#include "models/cmd/train_seeds.h"
#include "models/io/model_repository.h"
#include "tests/models/cmd/scoretrain_program.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> Split(const std::string& text, char by) {
  return absl::StrSplit(text, by);
}

TrainingOutcome Outcome(std::vector<double> hold_out) {
  TrainingOutcome outcome = {
      .seeds = {},
      .best = 1,
      .weights = {{"w", {.shape = {3}, .values = {1, 2, 3}}}}};
  for (size_t i = 0; i < hold_out.size(); ++i) {
    TrainingRecord record = {.first_hold_out = 9.0, .seconds = 2.5};
    record.curve = {{.step = 10, .loss = 5.0, .hold_out = 6.0},
                    {.step = 20, .loss = 1.0 + i, .hold_out = hold_out[i]}};
    outcome.seeds.push_back({.seed = 3 + i, .record = record});
  }
  return outcome;
}

TEST(SummaryTest, OfSeveralSeedsIsATableWithItsMeans) {
  TrainingRun run;
  run.config.network = "mlp";
  run.training.x = at::empty({30, 2});
  run.hold_out.x = at::empty({10, 2});
  run.seeds = 3;
  EXPECT_EQ(
      SummaryText("models/rows/1", run, Outcome({2.5, 2.0, 3.0})),
      "models/rows/1: network mlp, 3 weights\n"
      "30 training rows, 10 held out\n"
      "seed  training loss  hold-out loss   seconds\n"
      "   3              1            2.5       2.5\n"
      "   4              2              2       2.5  published\n"
      "   5              3              3       2.5\n"
      "mean ± standard deviation: training loss 2 ± 1, hold-out loss 2.5 ± "
      "0.5\n");
}

TEST(CurveTest, CsvNamesTheSeedWhereThereAreSeveral) {
  EXPECT_EQ(CurveFiles(Outcome({2.5, 2.0}))->at("curve.csv"),
            "seed,step,loss,hold_out_loss\n"
            "3,10,5,6\n3,20,1,2.5\n4,10,5,6\n4,20,2,2\n");
  TrainingOutcome one = Outcome({std::numeric_limits<double>::quiet_NaN()});
  one.best = 0;
  one.seeds[0].record.curve.erase(one.seeds[0].record.curve.begin());
  EXPECT_EQ(CurveFiles(one)->at("curve.csv"),
            "step,loss,hold_out_loss\n20,1,\n");
}

TEST(CurveTest, AHundredSeedsFitInThePicture) {
  EXPECT_TRUE(CurveFiles(Outcome(std::vector<double>(100, 2.0))).ok());
}

class SeedsTest : public ::testing::Test {
 protected:
  SeedsTest() {
    std::ofstream rows(folder_ / "rows.csv");
    for (int i = 0; i < 40; ++i) rows << i << "," << (7 * i) % 20 << "\n";
  }

  std::string Arguments(const std::string& model,
                        const std::string& more) const {
    return "--data " + folder_ / "rows.csv" +
           " --hold-out-every 4 --repository " + folder_ / "models" +
           " --model " + model + " --set width=8 --steps 60 --batch 7 " + more;
  }

  ModelFiles Published(const std::string& model) const {
    return *ModelRepository(folder_ / "models").Read(model, 1);
  }

  std::string File(const std::string& model, const std::string& name) const {
    return Contents(folder_ / "models/" + model + "/1/" + name);
  }

  const TempFolder folder_;
};

TEST_F(SeedsTest, TheOneWithTheLowestHoldOutLossIsPublished) {
  ASSERT_EQ(TrainInProcess(Arguments("three", "--seed 5 --seeds 3")).exit_code,
            0);
  const ModelFiles files = Published("three");
  const std::string seed = files.config.provenance.at("seed");
  // The weights are those of that seed alone.
  ASSERT_EQ(TrainInProcess(Arguments("alone", "--seed " + seed)).exit_code, 0);
  EXPECT_TRUE(SerializeSafetensors(files.arrays) ==
              SerializeSafetensors(Published("alone").arrays));
  // Its last loss is the lowest of the three in the curve.
  double lowest = std::numeric_limits<double>::infinity();
  std::string winner;
  int last_points = 0;
  for (const std::string& line : Split(File("three", "curve.csv"), '\n')) {
    const std::vector<std::string> cells = Split(line, ',');
    if (cells.size() != 4 || cells[1] != "60") continue;
    ++last_points;
    if (std::stod(cells[3]) < lowest) {
      lowest = std::stod(cells[3]);
      winner = cells[0];
    }
  }
  EXPECT_EQ(last_points, 3);
  EXPECT_EQ(winner, seed);
  EXPECT_EQ(files.config.provenance.at("seeds"),
            "5 to 7, of which the lowest hold-out loss");
}

TEST_F(SeedsTest, StoppedWithinAnyOfThemTheyEndTheSame) {
  ASSERT_EQ(TrainInProcess(Arguments("whole", "--seeds 3")).exit_code, 0);
  const std::string more = "--seeds 3 --checkpoint " + folder_ / "ck";
  const struct {
    int steps;
    const char* message;
  } stops[] = {
      {30, "seed 1: stopped after step 30 of 60"},
      {30, "seed 2: stopped after step 0 of 60"},  // Between two.
      {45, "seed 2: stopped after step 45 of 60"},
      {16, "seed 3: stopped after step 1 of 60"},
  };
  for (const auto& [steps, message] : stops) {
    const Result result = TrainInProcess(
        Arguments("cut", more + " --stop-after " + std::to_string(steps)));
    EXPECT_EQ(result.exit_code, 130);
    EXPECT_THAT(result.output, HasSubstr(message));
  }
  const Result last = TrainInProcess(Arguments("cut", more));
  EXPECT_EQ(last.exit_code, 0);
  EXPECT_EQ(last.output,
            "seed 1: resumed at step 60 of 60\n"
            "seed 2: resumed at step 60 of 60\n"
            "seed 3: resumed at step 1 of 60\n");
  for (const char* name : {"model.safetensors", "curve.csv", "config.json"}) {
    EXPECT_FALSE(File("cut", name).empty());
    EXPECT_TRUE(File("cut", name) == File("whole", name)) << name;
  }
}

TEST_F(SeedsTest, ADivergenceNamesItsSeed) {
  const Result result = TrainInProcess(Arguments(
      "none", "--seeds 2 --learning-rate 1e30 --gradient-clip 0 --warm-up 0"));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("scoretrain: seed 1: "));
  EXPECT_THAT(result.output, HasSubstr("must stay finite; was"));
}

}  // namespace
}  // namespace scoreserve
