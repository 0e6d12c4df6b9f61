// A job that has all its rows before it begins is scoretrain on their file.

#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "models/io/npy.h"
#include "models/io/safetensors.h"
#include "models/training/trainer_state.h"
#include "server/state/sqlite_job_store.h"
#include "tests/integration/fine_tune/fine_tune_server.h"
#include "tests/support/child_program.h"
#include "tests/support/temp_folder.h"
#include "tests/support/two_mode_rows.h"

namespace scoreserve {
namespace {

constexpr int64_t kRows = 4000, kSteps = 200, kBatch = 512, kMicroBatch = 128;
constexpr char kJob[] = "models/modes/fineTunes/job";

class SameBitsTest : public testing::Test {
 protected:
  SameBitsTest() : repository_(folder_ / "models") {
    EXPECT_TRUE(repository_.Write("modes", TwoModesFiles()).ok());
  }

  // Served weights, as bytes.
  std::string OfScoretrain() {
    std::ofstream(folder_ / "rows.npy", std::ios::binary)
        << SerializeNpy({.dim = 1, .values = rows_});
    std::vector<std::string> words = {SCORESERVE_SCORETRAIN};
    for (const auto& [name, value] : std::map<std::string, std::string>{
             {"--data", folder_ / "rows.npy"},
             {"--hold-out-every", "0"},
             {"--start-from", folder_ / "models/modes@1"},
             {"--objective", "sliced"},
             {"--steps", absl::StrCat(kSteps)},
             {"--batch", absl::StrCat(kBatch)},
             {"--micro-batch", absl::StrCat(kMicroBatch)},
             {"--ema", "0.99"},
             {"--seed", "5"},
             {"--repository", folder_ / "trained"},
             {"--model", "modes"}}) {
      words.insert(words.end(), {name, value});
    }
    const ChildResult trained = RunToEnd({.words = words, .environment = {}});
    EXPECT_EQ(trained.exit_code, 0);
    const auto files = ModelRepository(folder_ / "trained").Read("modes", 1);
    EXPECT_TRUE(files.ok()) << files.status();
    return SerializeSafetensors(files->arrays);
  }

  // Kills the server at step `kill_at`, if that is more than 0, and starts it
  // again.
  std::string OfJob(int64_t kill_at) {
    const FineTuneServer::Options options = {.repository = folder_ / "models",
                                             .state_dir = folder_ / "state"};
    auto server = std::make_unique<FineTuneServer>(options);
    EXPECT_TRUE(server->AwaitListening());
    v1::FineTuneSpec spec;
    spec.mutable_base()->set_name("modes");
    spec.set_objective("sliced");
    auto& trainer = *spec.mutable_trainer_options();
    trainer["steps"].set_integer(kSteps);
    trainer["batch"].set_integer(kBatch);
    trainer["micro_batch"].set_integer(kMicroBatch);
    trainer["ema"].set_number(0.99);
    spec.set_seed(5);
    spec.set_steps(kSteps);
    spec.mutable_buffer()->set_min_rows(kRows);
    spec.set_hold_out_share(0.0);
    spec.mutable_checkpoint_interval()->set_nanos(100'000'000);
    EXPECT_TRUE(server->Create("job", spec).ok());
    // In several messages, of which none alone is enough.
    for (int64_t first = 0; first < kRows; first += 1000) {
      const std::vector<float> part(rows_.begin() + first,
                                    rows_.begin() + first + 1000);
      EXPECT_EQ(server->Stream(kJob, first, part).value(), first + 1000);
    }
    if (kill_at > 0) {
      const v1::FineTune then = server->AwaitJob(
          kJob, [&](const v1::FineTune& job) { return job.step() >= kill_at; });
      server->Kill();
      EXPECT_TRUE(server->WasKilled());
      EXPECT_LT(then.step(), kSteps) << "it was too late to kill it";
      server = std::make_unique<FineTuneServer>(options);
      EXPECT_TRUE(server->AwaitListening());
      EXPECT_EQ(server->Metric("scoreserve_fine_tune_recoveries_total"), 1.0);
      const auto again = server->Get(kJob);
      EXPECT_TRUE(again.ok()) << again.status();
      EXPECT_GE(again->step(), then.checkpoint_step());
    }
    const v1::FineTune ended =
        server->AwaitJob(kJob, [](const v1::FineTune& job) {
          return job.state() != v1::FINE_TUNE_STATE_RUNNING;
        });
    EXPECT_EQ(ended.state(), v1::FINE_TUNE_STATE_SUCCEEDED)
        << ended.DebugString();
    EXPECT_EQ(server->Stop(), 0);
    return LastWeights();
  }

  std::string LastWeights() {
    const auto store = OpenJobStore(folder_ / "state");
    EXPECT_TRUE(store.ok()) << store.status();
    const auto checkpoint = (*store)->ReadCheckpoint(
        kJob, [](const std::string& warning) { ADD_FAILURE() << warning; });
    EXPECT_TRUE(checkpoint.ok()) << checkpoint.status();
    EXPECT_EQ(checkpoint->step, kSteps);
    auto state = StateFromArrays(*ParseSafetensors(checkpoint->weights));
    EXPECT_TRUE(state.ok()) << state.status();
    return SerializeSafetensors(state->averaged);
  }

  TempFolder folder_;
  const ModelRepository repository_;
  const std::vector<float> rows_ = TwoModeRows(1.5, kRows, 0);
};

TEST_F(SameBitsTest, AJobGivesTheWeightsOfScoretrain) {
  EXPECT_TRUE(OfJob(/*kill_at=*/0) == OfScoretrain());
}

TEST_F(SameBitsTest, AJobThatWasKilledGivesTheWeightsOfScoretrain) {
  EXPECT_TRUE(OfJob(/*kill_at=*/120) == OfScoretrain());
}

}  // namespace
}  // namespace scoreserve
