// What a server makes of the state that another left.

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "models/io/model_repository.h"
#include "models/io/safetensors.h"
#include "models/training/trainer_state.h"
#include "server/state/sqlite.h"
#include "server/state/sqlite_job_store.h"
#include "tests/integration/fine_tune/fine_tune_server.h"
#include "tests/support/temp_folder.h"
#include "tests/support/two_mode_rows.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr char kJob[] = "models/modes/fineTunes/job";

class StartTest : public testing::Test {
 protected:
  StartTest() {
    EXPECT_TRUE(ModelRepository(folder_ / "models")
                    .Write("modes", TwoModesFiles())
                    .ok());
  }

  FineTuneServer::Options Options() const {
    return {.repository = folder_ / "models", .state_dir = folder_ / "state"};
  }

  // Trains a while and is killed when the job is paused; the files of its
  // checkpoints by their steps.
  std::map<int64_t, std::string> PausedAndKilled() {
    FineTuneServer server(Options());
    EXPECT_TRUE(server.AwaitListening());
    EXPECT_TRUE(server.Create("job", BusySpec()).ok());
    EXPECT_TRUE(server.Stream(kJob, 0, TwoModeRows(1.5, 1024, 0)).ok());
    int64_t saved = 0;
    for (int i = 0; i < 3; ++i) {
      saved = server
                  .AwaitJob(kJob,
                            [&](const v1::FineTune& job) {
                              return job.checkpoint_step() > saved;
                            })
                  .checkpoint_step();
    }
    // A piece that began before has ended when another pass has; what it asked
    // for is done when another call is.
    EXPECT_TRUE(server.Pause(kJob).ok());
    EXPECT_TRUE(server.Score().ok());
    EXPECT_TRUE(server.Pause(kJob).ok());
    server.Kill();
    EXPECT_TRUE(server.WasKilled());
    std::map<int64_t, std::string> files;
    for (const auto& entry :
         fs::directory_iterator(folder_ / "state/checkpoints")) {
      const std::string path = entry.path();
      const auto bytes = ReadFile(path, 1 << 24);
      EXPECT_TRUE(bytes.ok()) << bytes.status();
      auto arrays = ParseSafetensors(*bytes);
      EXPECT_TRUE(arrays.ok()) << arrays.status();
      files[StateFromArrays(*std::move(arrays))->steps_done] = path;
    }
    EXPECT_EQ(files.size(), 3u);
    return files;
  }

  // One of its bits.
  static void Flip(const std::string& path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto middle = static_cast<std::streamoff>(fs::file_size(path) / 2);
    file.seekg(middle);
    const auto byte = static_cast<char>(file.get() ^ 1);
    file.seekp(middle);
    file.put(byte);
  }

  TempFolder folder_;
};

TEST_F(StartTest, ADamagedCheckpointIsPassedOverWithAWarning) {
  const std::map<int64_t, std::string> files = PausedAndKilled();
  const auto newest = files.rbegin();
  Flip(newest->second);
  FineTuneServer server(Options());
  ASSERT_TRUE(server.AwaitListening());
  EXPECT_THAT(server.Log(), HasSubstr("[warning] " + std::string(kJob) + ": " +
                                      newest->second + ": is damaged"));
  const auto job = server.Get(kJob);
  ASSERT_TRUE(job.ok()) << job.status();
  EXPECT_EQ(job->state(), v1::FINE_TUNE_STATE_PAUSED);
  EXPECT_EQ(job->step(), std::next(newest)->first);
  ASSERT_TRUE(server.Resume(kJob).ok());
  server.AwaitJob(kJob, [&](const v1::FineTune& now) {
    return now.checkpoint_step() > newest->first;
  });
}

TEST_F(StartTest, ATornCheckpointIsPassedOverWithTheByteItEndsAt) {
  const std::map<int64_t, std::string> files = PausedAndKilled();
  const auto newest = files.rbegin();
  fs::resize_file(newest->second, 1234);
  FineTuneServer server(Options());
  ASSERT_TRUE(server.AwaitListening());
  EXPECT_THAT(server.Log(),
              HasSubstr(newest->second + ": ends at byte 1234 of "));
  EXPECT_EQ(server.Get(kJob)->step(), std::next(newest)->first);
}

TEST_F(StartTest, AJobWithoutACheckpointHasFailedAndOthersGoOn) {
  for (const auto& [step, path] : PausedAndKilled()) Flip(path);
  FineTuneServer server(Options());
  ASSERT_TRUE(server.AwaitListening());
  const auto job = server.Get(kJob);
  ASSERT_TRUE(job.ok()) << job.status();
  EXPECT_EQ(job->state(), v1::FINE_TUNE_STATE_FAILED);
  EXPECT_EQ(job->error().code(), static_cast<int>(absl::StatusCode::kDataLoss));
  EXPECT_EQ(job->rows(), 1024);
  EXPECT_EQ(server.Score().status(), absl::OkStatus());
  EXPECT_TRUE(server.Create("next", BusySpec()).ok());
  EXPECT_TRUE(server.Delete(kJob).ok());
  EXPECT_TRUE(absl::IsNotFound(server.Get(kJob).status()));
}

TEST_F(StartTest, AJobWhoseRecordIsDamagedHasFailedAndOthersGoOn) {
  const std::string database = folder_ / "state/jobs.sqlite";
  const std::string other = "models/modes/fineTunes/other";
  {
    FineTuneServer server(Options());
    ASSERT_TRUE(server.AwaitListening());
    ASSERT_TRUE(server.Create("job", BusySpec()).ok());
    ASSERT_TRUE(server.Create("other", BusySpec()).ok());
    ASSERT_TRUE(server.Stream(other, 0, TwoModeRows(1.5, 1024, 0)).ok());
    EXPECT_EQ(server.Stop(), 0);
  }
  ASSERT_TRUE(Database::Open(database)
                  ->Run("UPDATE jobs SET spec = '{}' WHERE name LIKE '%/job'")
                  .ok());
  for (int life = 0; life < 2; ++life) {
    FineTuneServer server(Options());
    ASSERT_TRUE(server.AwaitListening());
    const auto job = server.Get(kJob);
    ASSERT_TRUE(job.ok()) << job.status();
    EXPECT_EQ(job->state(), v1::FINE_TUNE_STATE_FAILED);
    EXPECT_EQ(job->error().code(),
              static_cast<int>(absl::StatusCode::kDataLoss));
    EXPECT_THAT(job->error().message(), HasSubstr(database));
    EXPECT_THAT(server.Log(), HasSubstr("[warning] " + job->name() + ": " +
                                        database + ": the record of job"));
    const int64_t step = server.Get(other)->step();
    server.AwaitJob(other, [&](const v1::FineTune& now) {
      return now.checkpoint_step() > step;
    });
    if (life == 0) {
      EXPECT_EQ(server.Stop(), 0);
      continue;
    }
    EXPECT_TRUE(server.Delete(kJob).ok());
    EXPECT_TRUE(server.Create("job", BusySpec()).ok());
  }
}

TEST_F(StartTest, SigtermSavesWhatNoCheckpointHas) {
  v1::FineTuneSpec spec = BusySpec();
  spec.mutable_checkpoint_interval()->set_seconds(3600);
  FineTuneServer server(Options());
  ASSERT_TRUE(server.AwaitListening());
  ASSERT_TRUE(server.Create("job", spec).ok());
  ASSERT_TRUE(server.Stream(kJob, 0, TwoModeRows(1.5, 1024, 0)).ok());
  const v1::FineTune last = server.AwaitJob(
      kJob, [](const v1::FineTune& job) { return job.step() >= 50; });
  EXPECT_EQ(last.checkpoint_step(), 0);
  EXPECT_EQ(server.Stop(), 0);
  auto store = OpenJobStore(folder_ / "state");
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_GE((*store)->ReadCheckpoint(kJob, [](const std::string&) {})->step,
            last.step());
  store->reset();  // And with it the folder's lock.
  FineTuneServer again(Options());
  ASSERT_TRUE(again.AwaitListening());
  EXPECT_GE(again.Get(kJob)->step(), last.step());
  EXPECT_EQ(again.Get(kJob)->rows(), 1024);
  EXPECT_EQ(again.Stop(), 0);
}

}  // namespace
}  // namespace scoreserve
