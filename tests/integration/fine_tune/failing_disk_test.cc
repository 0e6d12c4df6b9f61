// The disk of a server that learns is full, or fails, and is right again.

#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "server/state/sqlite_job_store.h"
#include "tests/integration/fine_tune/fine_tune_server.h"
#include "tests/support/temp_folder.h"
#include "tests/support/two_mode_rows.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kJob[] = "models/modes/fineTunes/job";

class FailingDiskTest : public testing::Test {
 protected:
  FailingDiskTest() {
    EXPECT_TRUE(ModelRepository(folder_ / "models")
                    .Write("modes", TwoModesFiles())
                    .ok());
    fs::create_directory(disk_);
  }

  FineTuneServer::Options Options() const {
    return {.repository = folder_ / "models", .state_dir = state_};
  }

  // The next 64 rows; whether they are durable. An error has to be the disk's.
  bool Append(FineTuneServer& server, absl::StatusCode code) {
    const auto durable =
        server.Stream(kJob, rows_, TwoModeRows(1.5, 64, rows_));
    if (durable.ok()) {
      rows_ = *durable;
      return true;
    }
    // SQLite does not pass on why a sync failed.
    EXPECT_THAT(durable.status().code(),
                AnyOf(code, absl::StatusCode::kDataLoss))
        << durable.status();
    EXPECT_THAT(std::string(durable.status().message()),
                StartsWith("STORAGE_FAILED: "));
    EXPECT_THAT(std::string(durable.status().message()), HasSubstr(state_));
    return false;
  }

  // After the server's end.
  void ExpectNothingLostOrLeft(int64_t checkpoint_step) {
    for (const auto& entry : fs::directory_iterator(state_ + "/checkpoints"))
      EXPECT_EQ(entry.path().extension(), ".safetensors") << entry.path();
    const auto store = OpenJobStore(state_);
    ASSERT_TRUE(store.ok()) << store.status();
    const auto jobs = (*store)->Jobs();
    ASSERT_TRUE(jobs.ok() && jobs->size() == 1) << jobs.status();
    EXPECT_EQ(jobs->front().rows, rows_);
    const absl::Status read =
        (*store)->ReadExamples(kJob, [](const StoredExamples& examples) {
          EXPECT_EQ(std::vector<float>(examples.x.begin(), examples.x.end()),
                    TwoModeRows(1.5, examples.rows, examples.first_offset));
          return absl::OkStatus();
        });
    EXPECT_TRUE(read.ok()) << read;
    const auto checkpoint = (*store)->ReadCheckpoint(
        kJob, [](const std::string& warning) { ADD_FAILURE() << warning; });
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    EXPECT_GE(checkpoint->step, checkpoint_step);
  }

  // Calls number 200 to 239 on files of the state fail.
  void FailsForAWhile(int error, absl::StatusCode code) {
    FineTuneServer::Options options = Options();
    options.environment = {{"LD_PRELOAD", SCORESERVE_FAIL_CALL_PRELOAD},
                           {"ASAN_OPTIONS", "verify_asan_link_order=0"},
                           {"SCORESERVE_FAIL_FOLDER", state_},
                           {"SCORESERVE_FAIL_FROM", "200"},
                           {"SCORESERVE_FAIL_COUNT", "40"},
                           {"SCORESERVE_FAIL_ERROR", absl::StrCat(error)}};
    FineTuneServer server(options);
    ASSERT_TRUE(server.AwaitListening());
    ASSERT_EQ(server.Create("job", BusySpec()).status(), absl::OkStatus());
    while (Append(server, code)) {
    }
    // Serving goes on, and so does the job, which says what is wrong.
    EXPECT_EQ(server.Score().status(), absl::OkStatus());
    const auto job = server.Get(kJob);
    ASSERT_TRUE(job.ok()) << job.status();
    EXPECT_EQ(job->state(), v1::FINE_TUNE_STATE_RUNNING);
    EXPECT_EQ(job->rows(), rows_);
    const int64_t refused_at = rows_;
    while (rows_ < refused_at + 1000) Append(server, code);
    const int64_t step = job->checkpoint_step();
    const v1::FineTune right = server.AwaitJob(kJob, [&](const auto& now) {
      return !now.has_error() && now.checkpoint_step() > step;
    });
    EXPECT_EQ(server.Stop(), 0);
    ExpectNothingLostOrLeft(right.checkpoint_step());
  }

  TempFolder folder_;
  const std::string disk_ = folder_ / "disk", state_ = disk_ + "/state";
  int64_t rows_ = 0;  // Acknowledged.
};

TEST_F(FailingDiskTest, WritesThatFindItFullAreToldAndNotBelieved) {
  FailsForAWhile(ENOSPC, absl::StatusCode::kResourceExhausted);
}

TEST_F(FailingDiskTest, WritesThatFailAreToldAndNotBelieved) {
  FailsForAWhile(EIO, absl::StatusCode::kDataLoss);
}

TEST_F(FailingDiskTest, AJobGoesOnOnceAFullDiskHasRoomAgain) {
  // Seen by this thread and what it starts; gone with it.
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", disk_.c_str(), "tmpfs", 0, "size=4m") != 0) {
    GTEST_SKIP() << "may not mount a small disk";
  }
  const auto full = absl::StatusCode::kResourceExhausted;
  FineTuneServer server(Options());
  ASSERT_TRUE(server.AwaitListening());
  ASSERT_EQ(server.Create("job", BusySpec()).status(), absl::OkStatus());
  while (rows_ < 1024) ASSERT_TRUE(Append(server, full));
  server.AwaitJob(kJob,
                  [](const auto& job) { return job.checkpoint_step() > 10; });
  {
    std::ofstream filler(disk_ + "/filler", std::ios::binary);
    while (filler.write("filler", 6) && filler.flush()) {
    }
  }
  // A checkpoint knows how many bytes it needs; what the database refuses in
  // between does not say.
  const v1::FineTune told = server.AwaitJob(kJob, [](const auto& job) {
    return job.error().message().find("bytes") != std::string::npos;
  });
  EXPECT_EQ(told.error().code(), static_cast<int>(full));
  EXPECT_THAT(told.error().message(), HasSubstr(state_ + "/"));
  EXPECT_EQ(told.state(), v1::FINE_TUNE_STATE_RUNNING);
  EXPECT_EQ(server.Score().status(), absl::OkStatus());
  // What is left of the database's last pages may take some rows.
  while (Append(server, full)) {
  }
  fs::remove(disk_ + "/filler");
  const v1::FineTune right = server.AwaitJob(kJob, [&](const auto& job) {
    return !job.has_error() && job.checkpoint_step() > told.checkpoint_step();
  });
  EXPECT_GT(right.step(), told.step());
  EXPECT_TRUE(Append(server, full));
  EXPECT_EQ(server.Stop(), 0);
  ExpectNothingLostOrLeft(right.checkpoint_step());
  ::umount2(disk_.c_str(), MNT_DETACH);
}

}  // namespace
}  // namespace scoreserve
