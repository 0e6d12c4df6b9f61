// A server that is told to stop while clients wait for it.

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
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

// Once the server has ended it.
absl::Status EndOf(std::unique_ptr<ExampleWriter> stream) {
  while (stream->Acknowledged().has_value()) {
  }
  return stream->Finish();
}

// What was acknowledged before is there after, where the client goes on.
TEST(StopTest, StreamsAndWatchesThatAreIdleEndAtOnce) {
  const TempFolder folder;
  ASSERT_TRUE(
      ModelRepository(folder / "models").Write("modes", TwoModesFiles()).ok());
  const FineTuneServer::Options options = {.repository = folder / "models",
                                           .state_dir = folder / "state"};
  v1::FineTuneSpec spec = BusySpec();
  spec.mutable_buffer()->set_min_rows(
      1000);  // Waits for rows: it never trains.
  {
    FineTuneServer server(options);
    ASSERT_TRUE(server.AwaitListening());
    ASSERT_TRUE(server.Create("job", spec).ok());
    absl::Notification watching;
    std::vector<absl::Status> ends(3);
    std::vector<std::thread> clients;
    clients.emplace_back([&] {
      ends[0] = server.Watch(kJob, [&](const v1::FineTune&) {
        if (!watching.HasBeenNotified()) watching.Notify();
        return false;
      });
    });
    auto silent = server.StreamExamples(kJob);  // Without any rows.
    auto writer = server.StreamExamples(kJob);
    ASSERT_TRUE(writer->Write(0, TwoModeRows(1.5, 100, 0)));
    while (writer->Acknowledged() != 100) {
    }
    watching.WaitForNotification();
    // A stream that nobody reads would keep the connection.
    clients.emplace_back([&] { ends[1] = EndOf(std::move(silent)); });
    clients.emplace_back([&] { ends[2] = EndOf(std::move(writer)); });
    EXPECT_EQ(server.Stop(), 0);
    for (std::thread& client : clients) client.join();
    // Those that wait for the end of gRPC's own patience, 5 s, have no reason.
    for (const absl::Status& end : ends) {
      EXPECT_EQ(end.code(), absl::StatusCode::kUnavailable) << end;
      EXPECT_THAT(std::string(end.message()), StartsWith("STOPPING: "));
    }
  }
  FineTuneServer server(options);
  ASSERT_TRUE(server.AwaitListening());
  EXPECT_EQ(server.Stream(kJob, 50, TwoModeRows(1.5, 100, 50)).value(), 150);
}

}  // namespace
}  // namespace scoreserve
