#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/integration/clients.h"

namespace scoreserve {
namespace {

// The most sampling work that the server below takes at a time.
constexpr int64_t kCap = 40'000;

// Starts a run that takes all of the cap, and waits until it is part of the
// way.
class FullServer {
 public:
  explicit FullServer(Client& client) {
    client.SampleAsync(Langevin(1, kCap),
                       {.on_step =
                            [this](const SampleStep& step) {
                              if (step.step * 3 > step.num_steps &&
                                  !under_way_.HasBeenNotified()) {
                                under_way_.Notify();
                              }
                            }},
                       [this](const absl::StatusOr<Samples>& samples) {
                         EXPECT_TRUE(samples.ok()) << samples.status();
                         done_.Notify();
                       });
    under_way_.WaitForNotification();
  }
  ~FullServer() { done_.WaitForNotification(); }

  bool done() const { return done_.HasBeenNotified(); }

 private:
  absl::Notification under_way_, done_;
};

class ClientRetryTest : public ::testing::Test {
 protected:
  ModelServer server_{kCap};
};

TEST_F(ClientRetryTest, ARefusalSaysHowLongToWait) {
  const auto once = NewClient(server_, {.max_attempts = 1});
  const FullServer full(*once);
  const absl::Status status = once->Sample(Langevin(1, kCap)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(DetailsOf(status).reason, "OVERLOADED");
  EXPECT_GT(DetailsOf(status).retry_after, absl::ZeroDuration());
}

// gRPC's own pause before a second attempt is at most 0.12 s, when the server
// is still full: that two attempts do shows that the server's was obeyed.
TEST_F(ClientRetryTest, TheSecondAttemptComesWhenTheServerSaid) {
  const auto twice = NewClient(server_, {.max_attempts = 2});
  // So that the server knows its rate.
  ASSERT_TRUE(twice->Sample(Langevin(1, kCap)).ok());
  const FullServer full(*twice);
  const absl::Time begin = absl::Now();
  const auto samples = twice->Sample(
      Langevin(1, kCap),
      {.on_start = [&](const SampleStart&) { EXPECT_TRUE(full.done()); }});
  EXPECT_TRUE(samples.ok()) << samples.status();
  EXPECT_GT(absl::Now() - begin, absl::Milliseconds(150));
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
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
  EXPECT_FALSE(client->Serving().ok());
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
