#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/integration/client/clients.h"

namespace scoreserve {
namespace {

constexpr int64_t kForever = 10'000'000;  // Steps: minutes.

class ClientCancelTest : public ::testing::Test {
 protected:
  ModelServer server_;
  std::unique_ptr<Client> client_ = NewClient(server_);
};

TEST_F(ClientCancelTest, AnotherThreadEndsABlockingCall) {
  const Cancellation cancellation;
  absl::Notification started;
  std::thread other([&] {
    started.WaitForNotification();
    cancellation.Cancel();
  });
  const auto samples = client_->Sample(
      Langevin(1, kForever),
      {.on_start = [&](const SampleStart&) { started.Notify(); }},
      {.cancellation = cancellation});
  other.join();
  EXPECT_EQ(samples.status().code(), absl::StatusCode::kCancelled);
}

TEST_F(ClientCancelTest, OneSwitchEndsAllCallsItWasGivenTo) {
  const Cancellation cancellation;
  std::vector<absl::Notification> started(3), done(3);
  std::vector<absl::StatusOr<Samples>> results(3);
  for (size_t i = 0; i < results.size(); ++i) {
    client_->SampleAsync(
        Langevin(1, kForever),
        {.on_start = [&, i](const SampleStart&) { started[i].Notify(); }},
        [&, i](absl::StatusOr<Samples> samples) {
          results[i] = std::move(samples);
          done[i].Notify();
        },
        {.cancellation = cancellation});
  }
  for (const absl::Notification& start : started) start.WaitForNotification();
  cancellation.Cancel();
  for (size_t i = 0; i < results.size(); ++i) {
    done[i].WaitForNotification();
    EXPECT_EQ(results[i].status().code(), absl::StatusCode::kCancelled);
  }
}

TEST_F(ClientCancelTest, ASwitchThatIsOnEndsACallBeforeItBegins) {
  const Cancellation cancellation;
  cancellation.Cancel();
  EXPECT_TRUE(cancellation.cancelled());
  EXPECT_EQ(client_->ListModels({.cancellation = cancellation}).status().code(),
            absl::StatusCode::kCancelled);
  EXPECT_TRUE(client_->ListModels().ok());
}

TEST_F(ClientCancelTest, AnAnswerIsKept) {
  const Cancellation cancellation;
  EXPECT_TRUE(client_->ListModels({.cancellation = cancellation}).ok());
  cancellation.Cancel();  // Of calls that are gone.
}

TEST_F(ClientCancelTest, DeadlinesEndLongAndShortCalls) {
  const absl::Time begin = absl::Now();
  const auto samples = client_->Sample(Langevin(1, kForever), {},
                                       {.timeout = absl::Milliseconds(200)});
  EXPECT_EQ(samples.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(200));
  EXPECT_EQ(client_->ListModels({.timeout = absl::Seconds(-1)}).status().code(),
            absl::StatusCode::kDeadlineExceeded);
}

TEST_F(ClientCancelTest, ClientsDefaultsHoldWhereACallSetsNoDeadline) {
  const auto hasty =
      NewClient(server_, {.timeout = absl::Milliseconds(50),
                          .stream_timeout = absl::Milliseconds(60)});
  EXPECT_EQ(hasty->Sample(Langevin(1, kForever)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  // Nobody answers, and a second attempt would come after 0.08 s at least.
  server_.Stop();
  EXPECT_EQ(hasty->ListModels().status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(hasty->ListModels({.timeout = absl::Seconds(30)}).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace scoreserve
