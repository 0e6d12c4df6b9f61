// The program scorectl itself, against a real server.

#include <sys/wait.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numbers>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/csv.h"
#include "models/io/rows.h"
#include "nlohmann/json.hpp"
#include "tests/integration/client/run_scorectl.h"
#include "tests/models/plots/animated_picture.h"
#include "tests/support/model_server.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ScorectlTest : public ::testing::Test {
 protected:
  // Runs `scorectl arguments`, through a shell, with `input` as standard input.
  Ran Run(const std::string& arguments, const std::string& input = "") {
    return RunScorectl(folder_, server_.address(), arguments, input);
  }

  std::string Read(const std::string& name) {
    std::stringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

  TempFolder folder_;
  ModelServer server_;
};

TEST_F(ScorectlTest, StatusAndModelsSayWhatIsServed) {
  EXPECT_THAT(Run("status").out, HasSubstr("serving"));
  const Ran models = Run("models");
  EXPECT_EQ(models.exit_code, 0);
  EXPECT_THAT(models.out, HasSubstr("labelled@1"));
  EXPECT_THAT(models.out, HasSubstr("noise level 0 to 100"));
  const auto json =
      nlohmann::json::parse(Run("models images@1 --format json").out);
  EXPECT_EQ(json["data"]["shape"], nlohmann::json({3, 3}));
}

TEST_F(ScorectlTest, OptionsMayComeBeforeTheCommand) {
  const Ran ran = Run(
      absl::StrCat("--server ", server_.address(), " --format=json status"));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(nlohmann::json::parse(ran.out)["serving"], true);
  EXPECT_THAT(Run("--sever x status").err,
              HasSubstr("no option '--sever'; did you mean '--server'?"));
}

TEST_F(ScorectlTest, ScoresRowsFromStandardInput) {
  const Ran csv = Run("score --model plain --input -", "2,-4\n6,1\n");
  EXPECT_EQ(csv.exit_code, 0) << csv.err;
  EXPECT_EQ(csv.out, "-1,2\n-3,-0.5\n");
  const Ran json = Run(
      "score --model labelled --noise-level 3 --input - --format json", "1,2");
  EXPECT_EQ(nlohmann::json::parse(json.out)["score"],
            nlohmann::json::parse("[[-0.1, -0.2]]"));
}

// −log of N(0, 2 I), at the origin log 4π.
TEST_F(ScorectlTest, EnergiesAreALastColumnAndAListInJson) {
  const Ran csv = Run("score --model plain --energy --input -", "0,0\n2,-4\n");
  EXPECT_EQ(csv.exit_code, 0) << csv.err;
  const auto rows = ParseCsv(csv.out);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->dim, 3);
  const double least = std::log(4.0 * std::numbers::pi);
  EXPECT_THAT(rows->values,
              ElementsAre(0, 0, FloatEq(least), -1, 2, FloatEq(5.0 + least)));
  const Ran json = Run("score --model plain --energy --input - --format json",
                       "0,0\n2,-4\n");
  const auto parsed = nlohmann::json::parse(json.out);
  EXPECT_EQ(parsed["dim"], 2);
  EXPECT_EQ(parsed["score"][1], nlohmann::json({-1, 2}));
  EXPECT_NEAR(parsed["energy"][1], 5.0 + least, 1e-12);
  const Ran file =
      Run(absl::StrCat("score --model plain --energy --input - ", "--output ",
                       folder_ / "e.npy", " --plot ", folder_ / "e.png"),
          "2,-4\n");
  EXPECT_EQ(file.exit_code, 0) << file.err;
  EXPECT_THAT(ReadRows(folder_ / "e.npy")->values,
              ElementsAre(-1, 2, FloatEq(5.0 + least)));
}

TEST_F(ScorectlTest, EnergiesOfAModelThatHasNoneAreRefused) {
  const Ran ran =
      Run("score --model small_mlp --energy --input -", "1,2,3,4,5,6,7,8\n");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err,
            "scorectl: energy must be false: the model has a score alone; was "
            "true [UNSUITABLE_MODEL]\n");
}

TEST_F(ScorectlTest, FilesGoInAndOutBySuffix) {
  ASSERT_TRUE(WriteRows(folder_ / "x.npy", {.dim = 2, .values = {2, 4}}).ok());
  const Ran ran = Run(absl::StrCat(
      "score --model plain --input ", folder_ / "x.npy", " --output ",
      folder_ / "s.csv", " --plot ", folder_ / "s.png"));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("plain@1"));
  EXPECT_THAT(ReadRows(folder_ / "s.csv")->values, ElementsAre(-1, -2));
  EXPECT_THAT(Read("s.png"), StartsWith("\x89PNG"));
}

TEST_F(ScorectlTest, SamplesAndNamesTheSeed) {
  const std::string arguments =
      "sample --model plain --sampler langevin --rows 3 --steps 50 "
      "--set step_size=0.1 --seed 7";
  const Ran ran = Run(arguments);
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("seed 7"));
  EXPECT_THAT(ran.err, HasSubstr("50/50 steps"));
  EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 3);
  EXPECT_EQ(Run(arguments).out, ran.out);
  const Ran drawn =
      Run("sample --model plain --sampler langevin --rows 1 --steps 5 "
          "--set step_size=0.1 --format json");
  EXPECT_TRUE(nlohmann::json::parse(drawn.out)["seed"].is_number_unsigned());
}

TEST_F(ScorectlTest, DiagnosticsAreATableAndJson) {
  const std::string mala =
      "sample --model plain --sampler mala --rows 8 --steps 2000 "
      "--set step_size=0.5 --seed 1 --diagnostics --burn-in 100 ";
  const Ran ran = Run(absl::StrCat(mala, "--output ", folder_ / "x.csv"));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("diagnostics of 8 chains over 1901 steps, "));
  EXPECT_THAT(ran.err, HasSubstr("% of proposals accepted\nquantity "));
  EXPECT_THAT(ran.err, HasSubstr("\nprojection_7  "));
  const Ran json = Run(absl::StrCat(mala, "--format json"));
  const auto diagnostics = nlohmann::json::parse(json.out)["diagnostics"];
  EXPECT_EQ(diagnostics["chains"], 8);
  EXPECT_GT(diagnostics["acceptance_rate"], 0.5);
  EXPECT_LT(diagnostics["acceptance_rate"], 1.0);
  ASSERT_EQ(diagnostics["mixing"].size(), 10u);
  EXPECT_EQ(diagnostics["mixing"][1]["quantity"], "energy");
  EXPECT_LT(diagnostics["mixing"][1]["split_r_hat"], 1.1);
}

TEST_F(ScorectlTest, ARunStopsWhereItsChainsAgree) {
  const std::string langevin =
      "sample --model plain --sampler langevin --rows 8 --set step_size=0.5 "
      "--seed 1 --format json ";
  const Ran ran = Run(absl::StrCat(
      langevin, "--steps 100000 --diagnostics --rhat-target 1.05"));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out);
  const int64_t steps = json["steps"];
  EXPECT_LT(steps, 100000);
  EXPECT_EQ(json["num_steps"], 100000);
  EXPECT_THAT(ran.err,
              HasSubstr(absl::StrCat("stopped after step ", steps,
                                     " of 100000: every R-hat is at most "
                                     "1.05")));
  const Ran shorter = Run(absl::StrCat(langevin, "--steps ", steps));
  EXPECT_EQ(nlohmann::json::parse(shorter.out)["x"], json["x"]);
}

TEST_F(ScorectlTest, ImagesBecomeAContactSheet) {
  const Ran ran = Run(absl::StrCat(
      "sample --model images --sampler annealed_langevin --steps 5 --output ",
      folder_ / "sheet.png"));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(Read("sheet.png"), StartsWith("\x89PNG"));
  EXPECT_EQ(Run(absl::StrCat("sample --model plain --sampler langevin "
                             "--set step_size=0.1 --output ",
                             folder_ / "sheet.png"))
                .exit_code,
            2);
}

TEST_F(ScorectlTest, AnimatesRowsWithoutMovingThemOtherwise) {
  const std::string arguments = absl::StrCat(
      "sample --model plain --sampler langevin --rows 20 --steps 200 "
      "--set step_size=0.1 --seed 1 --output ",
      folder_ / "x.csv");
  ASSERT_EQ(Run(arguments).exit_code, 0);
  const std::string still = Read("x.csv");
  const Ran ran =
      Run(absl::StrCat(arguments, " --animate ", folder_ / "moving.gif"));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(Read("x.csv"), still);
  const AnimatedPicture picture = DecodeGif(Read("moving.gif"));
  ASSERT_EQ(picture.frames.size(), 40u);
  EXPECT_EQ(picture.frames[0].milliseconds, 80);
  EXPECT_EQ(picture.frames[39].milliseconds, 2000);
  // All points move between two frames; the axes do not.
  EXPECT_GT(picture.frames[1].height, picture.height / 2);
  EXPECT_LT(picture.frames[1].height, picture.height);
}

TEST_F(ScorectlTest, AnimatesImagesAsAContactSheet) {
  const Ran ran = Run(absl::StrCat(
      "sample --model images --sampler annealed_langevin --steps 7 --rows 5 "
      "--frames 10 --animate ",
      folder_ / "moving.png", " --plot ", folder_ / "still.png"));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 5);
  EXPECT_EQ(DecodeApng(Read("moving.png")).frames.size(), 10u);
  EXPECT_THAT(Read("still.png"), StartsWith("\x89PNG"));
}

TEST_F(ScorectlTest, AnAnimationOfARefusedRunIsTheRefusal) {
  const Ran ran =
      Run(absl::StrCat("sample --model plain --sampler langevin --rows 1 "
                       "--set step_size=-1 --animate ",
                       folder_ / "moving.gif"));
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, HasSubstr("step_size"));
  EXPECT_EQ(Read("moving.gif"), "");
}

TEST_F(ScorectlTest, HelpHasAnExampleOfEachSamplerThatRuns) {
  const std::string help = Run("sample --help").out;
  const auto list = nlohmann::json::parse(Run("samplers --format json").out);
  ASSERT_GE(list["samplers"].size(), 2u);
  for (const nlohmann::json& sampler : list["samplers"]) {
    const std::string name = sampler["name"];
    if (sampler["examples"].empty()) continue;
    const std::string begin = "    scorectl ", end = "\n";
    size_t from = help.find(absl::StrCat("\n  ", name, ": "));
    ASSERT_NE(from, std::string::npos) << name;
    from = help.find(begin, from) + begin.size();
    const std::string example = help.substr(from, help.find(end, from) - from);
    EXPECT_THAT(example, HasSubstr(absl::StrCat(" --sampler ", name)));
    const Ran ran = Run(example);
    EXPECT_EQ(ran.exit_code, 0) << example << ": " << ran.err;
    EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 16);
  }
}

TEST_F(ScorectlTest, HelpNeedsNoServer) {
  const Ran ran = Run("sample --server 127.0.0.1:1 --help");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, HasSubstr("No server at 127.0.0.1:1"));
}

TEST_F(ScorectlTest, SamplersShowTheirOptionTables) {
  EXPECT_THAT(Run("samplers").out, HasSubstr("annealed_langevin  "));
  const Ran langevin = Run("samplers langevin");
  EXPECT_THAT(langevin.out, HasSubstr("required"));
  EXPECT_THAT(langevin.out, HasSubstr("Runs on: images, labelled, plain"));
  EXPECT_THAT(langevin.out,
              HasSubstr("Example:\n  scorectl sample --model images --sampler "
                        "langevin --set label=0.5 --set step_size=0.01\n"));
  EXPECT_THAT(Run("samplers langevine").err,
              HasSubstr("did you mean 'langevin'?"));
}

TEST_F(ScorectlTest, EachKindOfFailureHasItsExitCodeAndOneLine) {
  const struct {
    std::string arguments;
    int exit_code;
    std::string line;
  } cases[] = {
      {"models nobody", 1, "there is no model 'nobody'"},
      {"score --model plain --input - --noise-level 1", 1, "noise_level"},
      {"score --model images --energy --noise-level 1 --input - --output e.png",
       2, "--energy has no place in a contact sheet"},
      {"scroe", 2, "there is no command 'scroe'; did you mean 'score'?"},
      {"", 2, "a command is missing"},
      {"score --modle x", 2, "no option '--modle'; did you mean '--model'?"},
      {"models @1", 2, "model must be NAME"},
      {"sample --model plain --sampler langevin --set step=1", 2,
       "no option 'step'"},
      {"score --model plain --input - --output x.txt", 2, ".csv, .npy or .png"},
      {"sample --model plain --sampler langevin --animate x.jpg", 2,
       "--animate must end in .gif, .png or .apng; was 'x.jpg'"},
      {"sample --model plain --sampler langevin --frames 0", 2, "--frames"},
      {"sample --model plain --sampler langevin --burn-in 5", 2,
       "--diagnostics"},
      {"sample --model images --sampler annealed_langevin --diagnostics", 1,
       "diagnostics must be absent: annealed_langevin leaves no density"},
      {"sample --model plain --sampler langevin --set step_size=0.1 "
       "--diagnostics --rhat-target 1",
       1, "diagnostics.stop_at_r_hat must be more than 1"},
      {"status --server localhost", 2, "target must be HOST:PORT"},
      {"status --server 127.0.0.1:1", 3, "127.0.0.1:1"},
      {"models --timeout 0.05 --server 127.0.0.1:1", 4, ""},
      {"score --model plain --input /nowhere.csv", 5, "/nowhere.csv"},
  };
  for (const auto& [arguments, exit_code, line] : cases) {
    const Ran ran = Run(arguments, "1,2\n");
    EXPECT_EQ(ran.exit_code, exit_code) << arguments << ": " << ran.err;
    EXPECT_EQ(ran.out, "") << arguments;
    EXPECT_THAT(ran.err, StartsWith("scorectl: ")) << arguments;
    EXPECT_THAT(ran.err, HasSubstr(line)) << arguments;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
  }
}

TEST_F(ScorectlTest, HelpHasExamplesAndExitCodes) {
  EXPECT_THAT(Run("--help").out, HasSubstr("Exit codes: 0 done"));
  for (const char* command :
       {"models", "sample", "samplers", "score", "status"}) {
    const Ran ran = Run(absl::StrCat(command, " --help"));
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_THAT(ran.out, HasSubstr(absl::StrCat("  scorectl ", command)));
  }
}

}  // namespace
}  // namespace scoreserve
