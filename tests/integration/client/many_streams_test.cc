#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "gtest/gtest.h"
#include "tests/integration/client/clients.h"

namespace scoreserve {
namespace {

// A connection carries a hundred calls, and the next one would wait for one of
// them to end: here all are alive before any is cancelled.
TEST(ClientManyStreamsTest, ThreeHundredRunsAreAliveAtOnceAndQueriesPassThem) {
  constexpr int kRuns = 300;  // Of 300,000 steps: just under the server's cap.
  const ModelServer server;
  const auto client = NewClient(server);
  const Cancellation cancellation;
  absl::BlockingCounter started(kRuns), ended(kRuns);
  std::atomic<int> cancelled = 0;
  for (int i = 0; i < kRuns; ++i) {
    client->SampleAsync(
        Langevin(1, 300'000),
        {.on_start = [&](const SampleStart&) { started.DecrementCount(); }},
        [&](absl::StatusOr<Samples> samples) {
          cancelled += absl::IsCancelled(samples.status());
          ended.DecrementCount();
        },
        {.cancellation = cancellation});
  }
  started.Wait();
  const std::vector<float> x = {1.0f, 2.0f};
  std::vector<float> score(2);
  EXPECT_TRUE(
      client->Score({.model = {"plain"}, .x = x}, absl::MakeSpan(score)).ok());
  cancellation.Cancel();
  ended.Wait();
  EXPECT_EQ(cancelled, kRuns);
}

}  // namespace
}  // namespace scoreserve
