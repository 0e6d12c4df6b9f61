// Calls that come twice, too late, or for nobody, over the wire.

#include <filesystem>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "tests/integration/fine_tune/fine_tune_server.h"
#include "tests/support/temp_folder.h"
#include "tests/support/two_mode_rows.h"

namespace scoreserve {
namespace {

using ::testing::StartsWith;

constexpr char kJob[] = "models/modes/fineTunes/job";

class CallsTest : public testing::Test {
 protected:
  explicit CallsTest() {
    EXPECT_TRUE(ModelRepository(folder_ / "models")
                    .Write("modes", TwoModesFiles())
                    .ok());
  }

  void Start(bool has_jobs = true) {
    server_ = std::make_unique<FineTuneServer>(FineTuneServer::Options{
        .repository = folder_ / "models",
        .state_dir = has_jobs ? folder_ / "state" : ""});
    ASSERT_TRUE(server_->AwaitListening());
  }

  template <typename T>
  static void ExpectError(const T& answer, absl::StatusCode code,
                          const std::string& reason) {
    const absl::Status status = [&] {
      if constexpr (std::is_same_v<T, absl::Status>) {
        return answer;
      } else {
        return answer.status();
      }
    }();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), StartsWith(reason + ": "));
  }

  TempFolder folder_;
  std::unique_ptr<FineTuneServer> server_;
};

TEST_F(CallsTest, TheSameJobTwiceIsOneAlsoAfterAKill) {
  Start();
  v1::FineTuneSpec other = BusySpec();
  other.set_seed(2);
  const auto created = server_->Create("job", BusySpec());
  ASSERT_TRUE(created.ok()) << created.status();
  for (int life = 0; life < 2; ++life) {
    const auto again = server_->Create("job", BusySpec());
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->name(), kJob);
    EXPECT_EQ(again->create_time().nanos() / 1000,
              created->create_time().nanos() / 1000);
    ExpectError(server_->Create("job", other), absl::StatusCode::kAlreadyExists,
                "JOB_EXISTS");
    EXPECT_EQ(server_->List()->size(), 1u);
    server_->Kill();
    EXPECT_TRUE(server_->WasKilled());
    if (life == 0) Start();
  }
}

TEST_F(CallsTest, ACancelAfterTheEndDoesNothingAlsoAfterAKill) {
  Start();
  v1::FineTuneSpec spec = BusySpec();
  spec.set_steps(3);
  ASSERT_TRUE(server_->Create("job", spec).ok());
  ASSERT_TRUE(server_->Stream(kJob, 0, TwoModeRows(1.5, 256, 0)).ok());
  server_->AwaitJob(kJob, [](const v1::FineTune& job) {
    return job.state() == v1::FINE_TUNE_STATE_SUCCEEDED;
  });
  for (int life = 0; life < 2; ++life) {
    // A watch of it shows it once and ends well.
    int shown = 0;
    EXPECT_TRUE(server_
                    ->Watch(kJob,
                            [&](const v1::FineTune&) {
                              ++shown;
                              return false;
                            })
                    .ok());
    EXPECT_EQ(shown, 1);
    const auto cancelled = server_->Cancel(kJob);
    ASSERT_TRUE(cancelled.ok()) << cancelled.status();
    EXPECT_EQ(cancelled->state(), v1::FINE_TUNE_STATE_SUCCEEDED);
    EXPECT_EQ(cancelled->step(), 3);
    ExpectError(server_->Resume(kJob), absl::StatusCode::kFailedPrecondition,
                "JOB_ENDED");
    ExpectError(server_->Stream(kJob, 256, {1.0f}),
                absl::StatusCode::kFailedPrecondition, "JOB_ENDED");
    server_->Kill();
    EXPECT_TRUE(server_->WasKilled());
    if (life == 0) Start();
  }
}

TEST_F(CallsTest, AnUnknownJobIsNotFound) {
  Start();
  const auto code = absl::StatusCode::kNotFound;
  const std::string reason = "JOB_NOT_FOUND";
  ExpectError(server_->Watch(kJob, [](const v1::FineTune&) { return false; }),
              code, reason);
  ExpectError(server_->Get(kJob), code, reason);
  ExpectError(server_->Pause(kJob), code, reason);
  ExpectError(server_->Resume(kJob), code, reason);
  ExpectError(server_->Cancel(kJob), code, reason);
  ExpectError(server_->Delete(kJob), code, reason);
  ExpectError(server_->Stream(kJob, 0, {1.0f}), code, reason);
}

TEST_F(CallsTest, AServerWithoutAStateFolderHasNoJobs) {
  Start(/*has_jobs=*/false);
  const auto code = absl::StatusCode::kFailedPrecondition;
  const std::string reason = "NO_STATE_FOLDER";
  ExpectError(server_->Create("job", BusySpec()), code, reason);
  ExpectError(server_->List(), code, reason);
  ExpectError(server_->Watch(kJob, [](const v1::FineTune&) { return false; }),
              code, reason);
  ExpectError(server_->Stream(kJob, 0, {1.0f}), code, reason);
  EXPECT_TRUE(server_->Score().ok());
  EXPECT_FALSE(server_->Metric("scoreserve_fine_tune_recoveries_total"));
}

}  // namespace
}  // namespace scoreserve
