// A run that was stopped, in every way, ends as if it had not been.

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/training/checkpoint_index.h"
#include "models/training/numerics.h"
#include "tests/models/cmd/scoretrain_program.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

class CheckpointTest : public ::testing::Test {
 protected:
  CheckpointTest() {
    std::ofstream rows(folder_ / "rows.csv");
    for (int i = 0; i < 40; ++i) {
      rows << i << "," << (7 * i) % 20 << "," << i % 2 << "\n";
    }
  }

  // Two hundred steps of a small network over classes, with held-out rows; the
  // model is `model`.
  std::string Arguments(const std::string& model,
                        const std::string& more = "") const {
    return "--data " + folder_ / "rows.csv" +
           " --columns 0:2 --class-column 2 --hold-out-every 4 --repository " +
           folder_ / "models" + " --model " + model +
           " --set width=8 --steps 200 --batch 7 --seed 3 " + more;
  }

  std::string Checkpoint() const { return " --checkpoint " + folder_ / "ck"; }

  std::string File(const std::string& model, const std::string& name) const {
    return Contents(folder_ / "models/" + model + "/1/" + name);
  }

  // All files, and that the checkpoint is gone.
  void ExpectTheSame(const std::string& a, const std::string& b) const {
    for (const char* name : {"model.safetensors", "curve.csv", "curve.png",
                             "config.json", "MANIFEST"}) {
      EXPECT_FALSE(File(a, name).empty()) << name;
      EXPECT_TRUE(File(a, name) == File(b, name)) << name;
    }
    EXPECT_FALSE(std::filesystem::exists(folder_ / "ck"));
  }

  const TempFolder folder_;
};

TEST_F(CheckpointTest, StoppedAtStep120AndResumedEndsBitForBitTheSame) {
  ASSERT_EQ(TrainInProcess(Arguments("whole")).exit_code, 0);
  const Result stopped =
      TrainInProcess(Arguments("cut", "--stop-after 120" + Checkpoint()));
  EXPECT_EQ(stopped.exit_code, 130);
  EXPECT_EQ(stopped.output,
            "scoretrain: stopped after step 120 of 200; the same command goes "
            "on from there (" +
                folder_ / "ck" + ")\n");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "models/cut"));
  const Result resumed = TrainInProcess(Arguments("cut", Checkpoint()));
  EXPECT_EQ(resumed.exit_code, 0);
  EXPECT_EQ(resumed.output, "resumed at step 120 of 200\n");
  ExpectTheSame("whole", "cut");
}

TEST_F(CheckpointTest, StoppedOftenItEndsTheSame) {
  ASSERT_EQ(TrainInProcess(Arguments("whole")).exit_code, 0);
  // Also at once, between two points of the curve, and at its very end.
  int stops = 0;
  for (const int steps : {1, 2, 36, 161}) {
    const std::string more =
        "--stop-after " + std::to_string(steps) + Checkpoint();
    const Result result = TrainInProcess(Arguments("cut", more));
    stops += result.exit_code == 130 ? 1 : 0;
    ASSERT_EQ(result.exit_code, steps == 161 ? 0 : 130) << result.output;
  }
  EXPECT_EQ(stops, 3);
  ExpectTheSame("whole", "cut");
}

TEST_F(CheckpointTest, StepsInPiecesOnNoisyRowsGoOnToo) {
  const std::string more =
      "--steps 30 --micro-batch 3 --dequantise 1 --data-noise 0.1 ";
  ASSERT_EQ(TrainInProcess(Arguments("whole", more)).exit_code, 0);
  ASSERT_EQ(
      TrainInProcess(Arguments("cut", more + "--stop-after 11" + Checkpoint()))
          .exit_code,
      130);
  ASSERT_EQ(TrainInProcess(Arguments("cut", more + Checkpoint())).exit_code, 0);
  ExpectTheSame("whole", "cut");
}

TEST_F(CheckpointTest, ASignalLeavesACheckpoint) {
  // Before the first step, as a stop in this process finds it.
  const Result stopped =
      TrainInProcess(Arguments("cut", Checkpoint()), /*stop=*/true);
  EXPECT_EQ(stopped.exit_code, 130);
  EXPECT_THAT(stopped.output, HasSubstr("stopped after step 0 of 200"));
  EXPECT_EQ(TrainInProcess(Arguments("cut", Checkpoint())).output,
            "resumed at step 0 of 200\n");
  // And the program itself, wherever it happens to be.
  const Result signalled = ScoretrainUntil(
      Arguments("cut", "--steps 20000 --log-every 0.01" + Checkpoint()),
      SIGTERM, [] { return true; });
  EXPECT_EQ(signalled.exit_code, 130);
  EXPECT_THAT(signalled.output, HasSubstr("the same command goes on"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "ck/checkpoint.json"));
}

TEST_F(CheckpointTest, AKilledProgramGoesOnFromItsLastCheckpoint) {
  const std::string more = "--steps 400 --log-every 0.01";
  ASSERT_EQ(Scoretrain(Arguments("whole", more)).exit_code, 0);
  // As many checkpoints as there can be, so that the kill comes within one.
  const Result killed = ScoretrainUntil(
      Arguments("cut", more + " --checkpoint-every 0.0001" + Checkpoint()),
      SIGKILL,
      [&] { return std::filesystem::exists(folder_ / "ck/checkpoint.json"); });
  ASSERT_EQ(killed.exit_code, -1) << killed.output;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "models/cut"));
  const Result resumed = Scoretrain(Arguments("cut", more + Checkpoint()));
  ASSERT_EQ(resumed.exit_code, 0) << resumed.output;
  EXPECT_THAT(resumed.output, HasSubstr("resumed at step "));
  ExpectTheSame("whole", "cut");
}

TEST_F(CheckpointTest, AnotherRunIsRefusedNamingWhatDiffers) {
  ASSERT_EQ(TrainInProcess(Arguments("cut", "--stop-after 5" + Checkpoint()))
                .exit_code,
            130);
  const std::string index = Contents(folder_ / "ck/checkpoint.json");
  const struct {
    const char* arguments;
    const char* message;
  } cases[] = {
      {"--seed 4", "seed must be 3, as in the checkpoint in "},
      {"--seeds 2", "seeds must be 1, as in "},
      {"--steps 201", "steps must be 200, as in "},
      {"--batch 8", "batch must be 7, as in "},
      {"--learning-rate 0.002", "learning_rate must be 0.001, as in "},
      {"--threads 2", "threads must be 1, as in "},
      {"--micro-batch 3", "micro_batch must be 0, as in "},
      {"--dequantise 1", "dequantise must be 0, as in "},
      {"--data-noise 0.5", "data_noise must be 0, as in "},
      {"--set blocks=1", "network_options.blocks must be 3, as in "},
      {"--label-range 0.1,50", "label.min must be 0.01, as in "},
      {"--objective sliced", "objective must be denoising, as in "},
      {"--objective-set weight_power=1",
       "objective_options.weight_power must be 2, as in "},
      {"--hold-out-every 5", "data must be 30 training rows, 10 held out, "},
      {"--scale 2", "data must be 30 training rows, 10 held out, "},
      {"--range 0,20", "data.max must be absent, as in "},
  };
  for (const auto& [arguments, message] : cases) {
    const Result result =
        TrainInProcess(Arguments("cut", arguments + Checkpoint()));
    EXPECT_EQ(result.exit_code, 2) << arguments;
    EXPECT_THAT(result.output, HasSubstr(message)) << arguments;
    EXPECT_THAT(result.output, HasSubstr("(delete that to begin anew)"));
  }
  // What decides no weight is free: numbers otherwise written, more lines,
  // another sentence.
  EXPECT_EQ(TrainInProcess(Arguments("cut",
                                     "--learning-rate 1e-3 --log-every 1 "
                                     "--description Mine. --stop-after 5" +
                                         Checkpoint()))
                .output.substr(0, 18),
            "resumed at step 5 ");
  EXPECT_NE(Contents(folder_ / "ck/checkpoint.json"), index);
}

TEST_F(CheckpointTest, ADamagedCheckpointIsRefused) {
  ASSERT_EQ(TrainInProcess(Arguments("cut", "--stop-after 5" + Checkpoint()))
                .exit_code,
            130);
  std::filesystem::resize_file(folder_ / "ck/seed-3-step-5.safetensors", 100);
  const Result result = TrainInProcess(Arguments("cut", Checkpoint()));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.output, HasSubstr("the checkpoint is damaged: "));
  EXPECT_THAT(result.output, HasSubstr("delete its folder to begin anew"));
}

TEST_F(CheckpointTest,
       ACheckpointOfAnotherProcessorGoesOnAndSaysWhatThatMeans) {
  ASSERT_EQ(TrainInProcess(Arguments("cut", "--stop-after 5" + Checkpoint()))
                .exit_code,
            130);
  CheckpointIndex index =
      *ParseCheckpointIndex(Contents(folder_ / "ck/checkpoint.json"));
  index.numerics = "libtorch 1.0, cpu other";
  std::ofstream(folder_ / "ck/checkpoint.json")
      << SerializeCheckpointIndex(index);
  const Result result = TrainInProcess(Arguments("cut", Checkpoint()));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output,
              HasSubstr("the checkpoint was written with libtorch 1.0, cpu "
                        "other, here it is " +
                        ProcessorNumerics() + ": the last bits will differ"));
  EXPECT_THAT(result.output, HasSubstr("resumed at step 5 of 200"));
}

TEST_F(CheckpointTest, StoppingNeedsSomewhereToKeepIt) {
  const Result result = TrainInProcess(Arguments("cut", "--stop-after 5"));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.output,
            "scoretrain: checkpoint must be given where stop-after is: "
            "--checkpoint FOLDER\n");
}

TEST_F(CheckpointTest, ACheckpointThatCannotBeWrittenDoesNotEndTheTraining) {
  std::filesystem::create_directories(folder_ /
                                      "ck/checkpoint.json.tmp/in the way");
  const Result result = TrainInProcess(
      Arguments("cut", "--checkpoint-every 0.0001" + Checkpoint()));
  EXPECT_THAT(result.output, HasSubstr("no checkpoint, training goes on: "));
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_FALSE(File("cut", "model.safetensors").empty());
}

}  // namespace
}  // namespace scoreserve
