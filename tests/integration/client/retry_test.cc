#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/integration/client/clients.h"

namespace scoreserve {
namespace {

// The most sampling work that the server below takes at a time: minutes of it.
constexpr int64_t kCap = 10'000'000;

// Takes all of the cap but `left`, until the end of the scope.
class FullServer {
 public:
  FullServer(Client& client, int64_t left) {
    client.SampleAsync(
        Langevin(1, kCap - left),
        {.on_step =
             [this](const SampleStep&) {
               // By now the server knows how fast it is.
               if (!under_way_.HasBeenNotified()) under_way_.Notify();
             }},
        [this](const absl::StatusOr<Samples>&) { done_.Notify(); },
        {.cancellation = cancellation_});
    under_way_.WaitForNotification();
  }
  ~FullServer() {
    cancellation_.Cancel();
    done_.WaitForNotification();
  }

 private:
  const Cancellation cancellation_;
  absl::Notification under_way_, done_;
};

class ClientRetryTest : public ::testing::Test {
 protected:
  ModelServer server_{kCap};
};

TEST_F(ClientRetryTest, ARefusalSaysHowLongToWait) {
  const auto once = NewClient(server_, {.max_attempts = 1});
  const FullServer full(*once, 1);
  const absl::Status status = once->Sample(Langevin(1, 2)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(DetailsOf(status).reason, "OVERLOADED");
  EXPECT_GT(DetailsOf(status).retry_after, absl::ZeroDuration());
}

// The server asks to wait for all of the work ahead, which is seconds and more.
// gRPC's own pause, 0.1 s, would have ended in a second refusal.
TEST_F(ClientRetryTest, ALongWaitThatTheServerAsksForIsObeyed) {
  const auto twice = NewClient(server_, {.max_attempts = 2});
  const FullServer full(*twice, 0);
  EXPECT_EQ(twice->Sample(Langevin(1, kCap), {}, {.timeout = absl::Seconds(1)})
                .status()
                .code(),
            absl::StatusCode::kDeadlineExceeded);
}

// One row-evaluation too many is a wait of 0.01 s, four times: gRPC's own
// pauses would be 1.5 s, a fifth more or less.
TEST_F(ClientRetryTest, AShortWaitThatTheServerAsksForIsObeyed) {
  const auto client = NewClient(server_);
  const FullServer full(*client, 1);
  const absl::Time begin = absl::Now();
  EXPECT_EQ(client->Sample(Langevin(1, 2)).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(30));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(1));
}

TEST_F(ClientRetryTest, ACallWaitsForAServerThatComesBack) {
  const auto client = NewClient(server_);
  ASSERT_TRUE(client->ListModels().ok());
  server_.Stop();
  absl::Notification called;
  absl::StatusOr<std::vector<ModelInfo>> models;
  client->ListModelsAsync([&](absl::StatusOr<std::vector<ModelInfo>> result) {
    models = std::move(result);
    called.Notify();
  });
  server_.Start();
  called.WaitForNotification();
  EXPECT_TRUE(models.ok()) << models.status();
}

TEST_F(ClientRetryTest, LargeQueriesAreRetriedToo) {
  const auto client = NewClient(server_);
  ASSERT_TRUE(client->ListModels().ok());
  server_.Stop();
  // Past gRPC's own limit for retries, 256 KiB.
  const std::vector<float> x(1 << 20, 1.0f);
  std::vector<float> score(x.size());
  absl::StatusOr<int64_t> version;
  std::thread caller([&] {
    version = client->Score({.model = {"plain"}, .x = x, .rows = 1 << 19},
                            absl::MakeSpan(score));
  });
  server_.Start();
  caller.join();
  EXPECT_TRUE(version.ok()) << version.status();
}

TEST_F(ClientRetryTest, WithoutAServerTheCallFailsAfterItsAttempts) {
  const auto client = NewClient(server_);
  const auto once = NewClient(server_, {.max_attempts = 1});
  server_.Stop();
  EXPECT_EQ(once->ListModels().status().code(), absl::StatusCode::kUnavailable);
  const absl::Time begin = absl::Now();
  EXPECT_EQ(client->ListModels().status().code(),
            absl::StatusCode::kUnavailable);
  // 0.1, 0.2, 0.4 and 0.8 s, each a fifth more or less.
  EXPECT_GT(absl::Now() - begin, absl::Seconds(1));
  EXPECT_FALSE(client->Serving().ok());
}

// Then one of gRPC's own threads is the last to use a channel.
TEST_F(ClientRetryTest, CallbacksMayComeWhenNeitherClientNorServerIsLeft) {
  server_.Stop();
  for (int i = 0; i < 20; ++i) {
    absl::Notification called;
    NewClient(server_, {.max_attempts = 1})
        ->ServingAsync([&](const absl::StatusOr<bool>& serving) {
          EXPECT_EQ(serving.status().code(), absl::StatusCode::kUnavailable);
          called.Notify();
        });
    called.WaitForNotification();
  }
}

TEST_F(ClientRetryTest, AListOfServersIsUsedInTurnAndSurvivesALoss) {
  ModelServer other;
  ClientOptions options;
  options.target = server_.address() + "," + other.address();
  const auto client = std::move(Client::New(options)).value();
  const auto all_answered = [&] {
    for (int i = 0; i < 20; ++i) {
      const auto models = client->ListModels();
      if (!models.ok()) return models.status();
    }
    return absl::OkStatus();
  };
  EXPECT_EQ(all_answered(), absl::OkStatus());
  other.Stop();
  EXPECT_EQ(all_answered(), absl::OkStatus());
}

}  // namespace
}  // namespace scoreserve
