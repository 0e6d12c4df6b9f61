#include "server/service/fine_tune_watch.h"

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "tests/server/service/fine_tuning_server.h"

namespace scoreserve {
namespace {

class Watching {
 public:
  Watching(FineTuningServer& server, const std::string& name) {
    v1::WatchFineTuneRequest request;
    request.set_name(name);
    reader_ = server.stub().WatchFineTune(&context_, request);
  }

  // The next status; without a name where there is none.
  v1::FineTune Next() {
    v1::WatchFineTuneResponse response;
    reader_->Read(&response);
    return response.fine_tune();
  }
  void Cancel() { context_.TryCancel(); }
  grpc::Status Finish() {
    while (!Next().name().empty()) {
    }
    return reader_->Finish();
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchFineTuneResponse>> reader_;
};

TEST(FineTuneWatchTest, TellsTheJobAsItIsAndWhenItChanges) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  Watching watch(server, name);
  EXPECT_EQ(watch.Next().note(), "waits for rows");
  server.jobs().Change(name, [](FineTuneStatus& job) { job.step = 7; });
  EXPECT_EQ(watch.Next().step(), 7);
}

TEST(FineTuneWatchTest, EndsWellWithTheJobWhoseEndIsTheLastThingTold) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  Watching watch(server, name);
  EXPECT_EQ(watch.Next().state(), v1::FINE_TUNE_STATE_RUNNING);
  server.jobs().Change(name, [](FineTuneStatus& job) {
    job.state = FineTuneState::kFailed;
    job.error = absl::DataLossError("the disk");
  });
  const v1::FineTune last = watch.Next();
  EXPECT_EQ(last.state(), v1::FINE_TUNE_STATE_FAILED);
  EXPECT_EQ(last.error().message(), "the disk");
  EXPECT_EQ(watch.Next().name(), "");
  EXPECT_TRUE(watch.Finish().ok());
  server.jobs().AwaitWatches(0);
  EXPECT_EQ(server.Counted("plain", "WatchFineTune", absl::StatusCode::kOk), 1);
}

TEST(FineTuneWatchTest, OfAnEndedJobTellsItsEndAndEnds) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  server.jobs().Change(
      name, [](FineTuneStatus& job) { job.state = FineTuneState::kSucceeded; });
  Watching watch(server, name);
  EXPECT_EQ(watch.Next().state(), v1::FINE_TUNE_STATE_SUCCEEDED);
  EXPECT_EQ(watch.Next().name(), "");
  EXPECT_TRUE(watch.Finish().ok());
}

TEST(FineTuneWatchTest, AnUnknownJobIsNotFound) {
  FineTuningServer server;
  Watching watch(server, "models/plain/fineTunes/none");
  const grpc::Status status = watch.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(PartsOf(status).reason, "JOB_NOT_FOUND");
}

TEST(FineTuneWatchTest, ADeletedJobEndsItWithNotFound) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  Watching watch(server, name);
  watch.Next();
  grpc::ClientContext context;
  v1::DeleteFineTuneRequest request;
  request.set_name(name);
  v1::DeleteFineTuneResponse response;
  ASSERT_TRUE(server.stub().DeleteFineTune(&context, request, &response).ok());
  EXPECT_EQ(watch.Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

// Frames that nobody reads fill the connection's window and no more: the ones
// between are left out, and the last is told.
TEST(FineTuneWatchTest, ASlowReaderGetsTheNewestStatus) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  server.jobs().Change(name, [](FineTuneStatus& job) {
    job.not_published.assign(100'000, '.');
  });
  Watching watch(server, name);
  watch.Next();
  constexpr int64_t kChanges = 1'000;
  for (int64_t i = 1; i <= kChanges; ++i) {
    server.jobs().Change(name, [i](FineTuneStatus& job) { job.step = i; });
  }
  int64_t frames = 0, step = 0;
  while (step < kChanges) {
    const int64_t next = watch.Next().step();
    ASSERT_GE(next, step);
    step = next;
    ++frames;
  }
  EXPECT_LT(frames, kChanges / 2);
}

TEST(FineTuneWatchTest, ACancelledWatchIsLetGo) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  Watching watch(server, name);
  watch.Next();
  EXPECT_EQ(server.jobs().watches(), 1);
  watch.Cancel();
  EXPECT_EQ(watch.Finish().error_code(), grpc::StatusCode::CANCELLED);
  server.jobs().AwaitWatches(0);
}

TEST(FineTuneWatchTest, ManyThatComeAndGoWhileTheJobChangesLeaveNothing) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  std::thread training([&] {
    for (int64_t i = 0; i < 3'000; ++i) {
      server.jobs().Change(name, [i](FineTuneStatus& job) { job.step = i; });
    }
    server.jobs().Change(name, [](FineTuneStatus& job) {
      job.state = FineTuneState::kSucceeded;
    });
  });
  for (int i = 0; i < 60; ++i) {
    Watching watch(server, name);
    for (int frame = 0; frame < i % 4; ++frame) watch.Next();
    watch.Cancel();
    watch.Finish();
  }
  training.join();
  Watching last(server, name);
  EXPECT_TRUE(last.Finish().ok());
  server.jobs().AwaitWatches(0);
}

}  // namespace
}  // namespace scoreserve
