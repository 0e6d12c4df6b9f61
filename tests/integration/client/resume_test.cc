#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"
#include "tests/integration/client/kills.h"

namespace scoreserve {
namespace {

SampleQuery Seeded(int64_t num_steps) {
  SampleQuery query = Langevin(4, num_steps);
  query.seed = 3;
  query.state_interval = absl::Milliseconds(2);
  return query;
}

TEST(ClientResumeTest, ThreeConnectionsThatAreKilledChangeNothing) {
  Kills(/*seed=*/3).Run(3);
}

TEST(ClientResumeTest, ARunGoesOnWhereItsServerHandsItOver) {
  ModelServer first, second;
  // Long beside the time that it takes to hear of its first steps and to drain.
  SampleQuery query = Seeded(20'000);
  query.progress_interval = absl::Milliseconds(1);
  const auto whole = NewClient(second)->Sample(query);
  ASSERT_TRUE(whole.ok());
  TcpProxy proxy(first.port());
  const auto client =
      std::move(Client::New({.target = proxy.address()})).value();
  std::thread drain;
  std::vector<int64_t> resumed_at;
  int starts = 0;
  const auto samples = client->Sample(
      query, {.on_start = [&](const SampleStart&) { ++starts; },
              .on_step =
                  [&](const SampleStep&) {
                    if (!drain.joinable())
                      drain = std::thread([&] { first.Drain(); });
                  },
              .on_resume =
                  [&](const SampleResume& resume) {
                    resumed_at.push_back(resume.step);
                    proxy.SetTarget(second.port());
                  }});
  if (drain.joinable()) drain.join();
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_EQ(samples->x, whole->x);
  EXPECT_EQ(starts, 1);
  ASSERT_FALSE(resumed_at.empty());
  EXPECT_GT(resumed_at.front(), 0);
}

TEST(ClientResumeTest, ACallWithACallbackGoesOnToo) {
  ModelServer server;
  const auto whole = NewClient(server)->Sample(Seeded(20'000));
  ASSERT_TRUE(whole.ok());
  TcpProxy proxy(server.port());
  absl::Notification done;
  absl::StatusOr<Samples> samples;
  int resumes = 0;
  {
    // The client goes first; the call holds what it needs.
    const auto client =
        std::move(Client::New({.target = proxy.address()})).value();
    proxy.CutAfter(2000);
    client->SampleAsync(Seeded(20'000),
                        {.on_resume = [&](const SampleResume&) { ++resumes; }},
                        [&](absl::StatusOr<Samples> result) {
                          samples = std::move(result);
                          done.Notify();
                        });
  }
  done.WaitForNotification();
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_EQ(samples->x, whole->x);
  EXPECT_EQ(resumes, 1);
}

TEST(ClientResumeTest, DiagnosticsBeginAnewWhereARunGoesOn) {
  ModelServer server;
  const auto whole = NewClient(server)->Sample(Seeded(40'000));
  ASSERT_TRUE(whole.ok());
  TcpProxy proxy(server.port());
  const auto client =
      std::move(Client::New({.target = proxy.address()})).value();
  SampleQuery query = Seeded(40'000);
  query.progress_interval = absl::Milliseconds(5);
  query.diagnostics = DiagnosticsQuery{.burn_in = 100};
  int64_t resumed_at = -1;
  const auto samples = client->Sample(
      query,
      {.on_step =
           [&](const SampleStep& step) {
             EXPECT_TRUE(step.diagnostics.has_value());
             if (resumed_at < 0 && step.step > 1000) proxy.Cut();
           },
       .on_resume =
           [&](const SampleResume& resume) { resumed_at = resume.step; }});
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_EQ(samples->x, whole->x);
  EXPECT_EQ(samples->steps, 40'000);
  ASSERT_GE(resumed_at, 100);
  ASSERT_TRUE(samples->diagnostics.has_value());
  EXPECT_EQ(samples->diagnostics->steps, 40'000 - resumed_at);
  EXPECT_EQ(samples->diagnostics->chains, 4);
}

TEST(ClientResumeTest, ARunThatMayNotGoOnEndsWithItsStream) {
  ModelServer server;
  TcpProxy proxy(server.port());
  const auto client =
      std::move(Client::New({.target = proxy.address()})).value();
  SampleQuery query = Seeded(10'000'000);
  query.resumable = false;
  const auto samples = client->Sample(
      query, {.on_step = [&](const SampleStep&) { proxy.Cut(); }});
  EXPECT_EQ(samples.status().code(), absl::StatusCode::kUnavailable);
}

TEST(ClientResumeTest, ATimeBudgetGivesACheckpointToGoOnFrom) {
  ModelServer server;
  const auto client = NewClient(server);
  const auto whole = client->Sample(Seeded(10'000));
  ASSERT_TRUE(whole.ok());
  SampleCheckpoint checkpoint;
  absl::StatusOr<Samples> samples;
  int stops = 0;
  do {
    SampleQuery query = Seeded(10'000);
    query.time_budget = absl::Milliseconds(10);
    query.resume_from = checkpoint;
    samples = client->Sample(
        query, {.on_stop = [&](const SampleCheckpoint& c) { checkpoint = c; }});
    stops += absl::IsDeadlineExceeded(samples.status());
  } while (absl::IsDeadlineExceeded(samples.status()) && stops < 10'000);
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_GE(stops, 1);
  EXPECT_EQ(samples->x, whole->x);

  SampleQuery garbage = Seeded(10);
  garbage.resume_from.bytes = "\xff\xff\xff";
  const auto refused = client->Sample(garbage);
  EXPECT_EQ(DetailsOf(refused.status()).field, "resume_from");
}

}  // namespace
}  // namespace scoreserve
