// The program as it is run: arguments in; a version, messages and exit codes
// out.

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "models/networks/score_network.h"
#include "tests/models/cmd/scoretrain_program.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

class ScoretrainTest : public ::testing::Test {
 protected:
  ScoretrainTest() {
    std::ofstream rows(folder_.path() + "/rows.csv");
    for (int i = 0; i < 20; ++i) rows << i << "," << (7 * i) % 20 << ",9\n";
  }

  std::string Arguments(const std::string& more = "") const {
    return "--data " + folder_.path() +
           "/rows.csv --columns 0:2 --repository " + folder_.path() +
           "/models --model rows --set width=8 --steps 20 --batch 4 " + more;
  }

  ModelFiles Published(int64_t version = 1) const {
    return *ModelRepository(folder_.path() + "/models").Read("rows", version);
  }

  const TempFolder folder_;
};

TEST_F(ScoretrainTest, PublishesAModelThatLoads) {
  const Result result = Scoretrain(Arguments("--hold-out-every 5 --seed 3"));
  ASSERT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("16 training rows, 4 held out"));
  const ModelFiles files = Published();
  EXPECT_EQ(files.config.network, "residual_mlp");
  EXPECT_EQ(files.config.network_options.at("width"), OptionValue(int64_t{8}));
  EXPECT_EQ(files.config.data.shape, std::vector<int64_t>{2});
  EXPECT_EQ(files.config.provenance.at("seed"), "3");
  EXPECT_TRUE(LoadNetwork(files.config, files.arrays).ok());
  EXPECT_TRUE(
      std::filesystem::exists(folder_.path() + "/models/rows/1/curve.csv"));
  EXPECT_TRUE(
      std::filesystem::exists(folder_.path() + "/models/rows/1/curve.png"));
}

TEST_F(ScoretrainTest, SameArgumentsGiveTheSameWeightsBitForBit) {
  ASSERT_EQ(Scoretrain(Arguments()).exit_code, 0);
  ASSERT_EQ(Scoretrain(Arguments()).exit_code, 0);
  EXPECT_EQ(SerializeSafetensors(Published(1).arrays),
            SerializeSafetensors(Published(2).arrays));
}

TEST_F(ScoretrainTest, TrainsAtTimesOfAProcessAndOnClasses) {
  std::ofstream rows(folder_.path() + "/rows.csv");
  for (int i = 0; i < 20; ++i)
    rows << i << "," << (7 * i) % 20 << "," << i % 3 << "\n";
  rows.close();
  const Result result = Scoretrain(
      Arguments("--process subvp --process-set beta_max=15 --class-column 2"));
  ASSERT_EQ(result.exit_code, 0) << result.output;
  const ModelFiles files = Published();
  EXPECT_EQ(files.config.label.kind, LabelKind::kTime);
  EXPECT_EQ(files.config.label.min, 0.001);
  EXPECT_EQ(files.config.label.max, 1.0);
  ASSERT_TRUE(files.config.process.has_value());
  EXPECT_EQ(files.config.process->name, "subvp");
  // What was given, and the rest of the options as they are today.
  EXPECT_EQ(files.config.process->options,
            (OptionValues{{"beta_min", 0.1}, {"beta_max", int64_t{15}}}));
  EXPECT_EQ(files.config.classes, 3);
  const auto network = LoadNetwork(files.config, files.arrays);
  ASSERT_TRUE(network.ok()) << network.status();
  EXPECT_EQ((*network)->classes(), 3);
}

TEST_F(ScoretrainTest, WrongArgumentsAreOneLineAndExitCodeTwo) {
  const struct {
    const char* arguments;
    const char* message;
  } cases[] = {
      {"--columns 0:9",
       "columns must be a range inside 0:3, the file's; was 0:9"},
      {"--shape 3",
       "shape must be of product 2, the number of columns; was of "
       "product 3"},
      {"--network resnet", "there is no network 'resnet'"},
      {"--set height=1", "there is no option 'height'"},
      {"--objective guessing", "there is no objective 'guessing'"},
      {"--learning-rate 0", "learning_rate must be more than 0; was 0"},
      {"--label-range 0,1", "label.min must be more than 0"},
      {"--process flow", "there is no process 'flow'; there are: "},
      {"--process vp --process-set beta_max=-1", "beta_max must be "},
      {"--process vp --process-set speed=1", "there is no option 'speed'"},
      {"--process-set beta_max=1",
       "process must be given where process-set is"},
      {"--process vp --network mlp", "label.kind must be none"},
      {"--process vp --label-range 0.1,2",
       "label.max must be at most 1, where processes end; was 2"},
      {"--class-column 1",
       "class-column must be outside of the data's columns; was 1"},
      {"--class-column 3",
       "class-column must be inside 0:3, the file's; was 3"},
      {"--class-column 2 --network mlp --objective-set noise_level=1",
       "classes must be 0 for network 'mlp'; was 10"},
      {"--hold-out-every 1", "hold_out_every must be 0 or at least 2; was 1"},
  };
  for (const auto& [arguments, message] : cases) {
    const Result result = TrainInProcess(Arguments(arguments));
    EXPECT_EQ(result.exit_code, 2) << arguments;
    EXPECT_THAT(result.output, HasSubstr(message));
    EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 1)
        << result.output;
  }
  const Result unknown = Scoretrain(Arguments("--colour red"));
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_EQ(unknown.output,
            "scoretrain: The following arguments were not expected: red "
            "--colour\n");
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/models/rows"));
}

TEST_F(ScoretrainTest, DivergenceNamesTheStepAndWritesNothing) {
  const Result result = Scoretrain(
      Arguments("--learning-rate 1e30 --gradient-clip 0 --warm-up 0"));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("must stay finite; was"));
  EXPECT_THAT(result.output, HasSubstr("at step "));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/models/rows"));
}

TEST_F(ScoretrainTest, ASignalEndsItCleanly) {
  // A few hours of steps, interrupted as soon as the first progress is seen.
  const Result result =
      ScoretrainUntil(Arguments("--steps 100000000 --log-every 0.01"), SIGINT,
                      [] { return true; });
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_THAT(result.output, HasSubstr("nothing is written"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/models/rows"));
}

TEST_F(ScoretrainTest, PublishesAMixtureFromItsComponents) {
  std::ofstream(folder_.path() + "/hills.csv") << "0.5,1,-2,0\n0.5,1,2,0\n";
  const std::string arguments = "mixture --components " + folder_.path() +
                                "/hills.csv --repository " + folder_.path() +
                                "/models --model rows";
  ASSERT_EQ(Scoretrain(arguments).exit_code, 0);
  EXPECT_EQ(Published().arrays.at("means").values,
            (std::vector<float>{-2.0f, 0.0f, 2.0f, 0.0f}));
  std::ofstream(folder_.path() + "/hills.csv") << "0.5,1,-2,0\n0.5,-1,2,0\n";
  const Result refused = Scoretrain(arguments);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.output,
              HasSubstr("variances[1] must be more than 0; was -1"));
}

TEST_F(ScoretrainTest, PublishesAMixtureAtTimesOfAProcess) {
  std::ofstream(folder_.path() + "/hills.csv") << "0.5,1,-2,0\n0.5,1,2,0\n";
  const std::string arguments = "mixture --components " + folder_.path() +
                                "/hills.csv --process vp --repository " +
                                folder_.path() + "/models --model rows ";
  const Result result = Scoretrain(arguments);
  ASSERT_EQ(result.exit_code, 0) << result.output;
  const ModelConfig config = Published().config;
  EXPECT_EQ(config.label.kind, LabelKind::kTime);
  EXPECT_EQ(config.label.min, 0.0);
  EXPECT_EQ(config.label.max, 1.0);
  EXPECT_EQ(config.process->name, "vp");
  const Result refused = Scoretrain(arguments + "--label-range 0,50");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.output, HasSubstr("label.max must be at most 1"));
}

TEST_F(ScoretrainTest, EvaluatesWithTheSamplerThatIsAskedFor) {
  ASSERT_EQ(Scoretrain(Arguments("--hold-out-every 5")).exit_code, 0);
  const std::string evaluate =
      "evaluate --data " + folder_.path() + "/rows.csv --columns 0:2 " +
      "--hold-out-every 5 --subset 4 --samples 8 --repository " +
      folder_.path() + "/models --model rows ";
  const Result result = Scoretrain(
      evaluate +
      "--sampler langevin --set step_size=0.1 --set num_steps=3 --set label=1");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("samples of the model"));
  EXPECT_THAT(Scoretrain(evaluate + "--sampler guess").output,
              HasSubstr("there is no sampler 'guess'"));
  EXPECT_THAT(Scoretrain(evaluate + "--set step_size=1").output,
              HasSubstr("sampler must be given where its options are"));
}

TEST_F(ScoretrainTest, HelpListsOptionsFromTheTables) {
  const Result help = Scoretrain("--help");
  EXPECT_EQ(help.exit_code, 0);
  for (const char* text :
       {"residual_mlp", "blocks", "weight_power", "Exit codes"}) {
    EXPECT_THAT(help.output, HasSubstr(text));
  }
}

}  // namespace
}  // namespace scoreserve
