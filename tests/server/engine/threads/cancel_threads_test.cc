// Samplers that are cancelled at random steps, by threads of their own.

#include <cstdint>
#include <functional>
#include <memory>
#include <random>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "tests/server/engine/threads/crowd.h"

namespace scoreserve {
namespace {

TEST(CancelThreadsTest, AThousandCancelsFreeEverySlotAndNothingComesAfter) {
  constexpr int kThreads = 4, kRuns = 250;
  Engine engine({});
  const auto model = Snapshot(GaussianFiles(2, 1.0f));
  Crowd crowd;
  crowd.Add(kThreads, [&](int thread) {
    std::mt19937_64 random(static_cast<uint64_t>(thread));
    for (int i = 0; i < kRuns; ++i) {
      const int64_t when = std::uniform_int_distribution<int>(0, 60)(random);
      AskedSamples asked;
      // From the device's thread, so that it is a step that decides; at 0 from
      // this one, at some moment or other.
      asked.sink.OnState([&](const BlockState& state) {
        EXPECT_FALSE(asked.sink.done());
        if (state.step >= when) asked.sink.Cancel();
      });
      ASSERT_TRUE(asked
                      .Ask(engine, model, 3, 50,
                           when == 0 ? Fate::kCancelled : Fate::kPatient,
                           Instant::duration(1))
                      .ok());
      const absl::Status& status = asked.sink.status();
      EXPECT_TRUE(status.ok() || absl::IsCancelled(status)) << status;
    }
  });
  crowd.Join();
  engine.Drain(absl::InfiniteDuration());
  EXPECT_EQ(engine.metrics().live_trajectories, 0);
  EXPECT_EQ(engine.ledger().outstanding(WorkClass::kSampling), 0);
}

}  // namespace
}  // namespace scoreserve
