#include "server/service/sample_outbox.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;

// "started", "progress 5", "states 10 from 2", "final", one after the other.
std::vector<std::string> Drain(SampleOutbox& outbox) {
  std::vector<std::string> texts;
  v1::SampleResponse frame;
  while (outbox.Next(&frame)) {
    std::string text = "final";
    if (frame.has_started()) text = "started";
    if (frame.has_progress()) {
      text = "progress " + std::to_string(frame.progress().step());
    }
    if (frame.has_states()) {
      text = "states " + std::to_string(frame.states().step()) + " from " +
             std::to_string(frame.states().first_row());
    }
    texts.push_back(text);
  }
  return texts;
}

TEST(SampleOutboxTest, ASlowReaderGetsTheNewestProgressAndAllElse) {
  SampleOutbox outbox(2);
  outbox.PutStarted({}, 100);
  outbox.PutProgress(10);
  outbox.PutStates(20, 0, {1, 2});
  outbox.PutProgress(20);
  EXPECT_FALSE(outbox.end().has_value());
  outbox.PutEnd(std::vector<float>{3, 4});
  EXPECT_FALSE(outbox.end().has_value());
  EXPECT_THAT(Drain(outbox), ElementsAre("started", "states 20 from 0",
                                         "progress 20", "final"));
  EXPECT_EQ(outbox.end(), absl::OkStatus());
}

TEST(SampleOutboxTest, StatesAreCutByRowsAndBoundedInAll) {
  constexpr int64_t kDim = 1 << 18;  // A row is 1 MiB, a frame two rows.
  SampleOutbox outbox(kDim);
  const std::vector<float> x(3 * kDim);
  outbox.PutStates(1, 4, x);
  outbox.PutStates(2, 4, x);  // Over the bound, once it is in.
  outbox.PutStates(3, 4, x);
  EXPECT_THAT(Drain(outbox), ElementsAre("states 1 from 4", "states 1 from 6",
                                         "states 2 from 4", "states 2 from 6"));
  outbox.PutStates(4, 4, x);
  EXPECT_THAT(Drain(outbox), ElementsAre("states 4 from 4", "states 4 from 6"));
}

// The newest goes with the newest progress, and what is told last with the end.
TEST(SampleOutboxTest, DiagnosticsGoWithProgressAndTheLastFrame) {
  constexpr int64_t kDim = 1 << 18;  // Two rows a frame.
  SampleOutbox outbox(kDim);
  outbox.PutStarted({}, 100);
  v1::SampleResponse frame;
  ASSERT_TRUE(outbox.Next(&frame));
  v1::Diagnostics diagnostics;
  diagnostics.set_steps(10);
  outbox.PutDiagnostics(diagnostics, 100);
  outbox.PutProgress(10);
  diagnostics.set_steps(20);
  outbox.PutDiagnostics(diagnostics, 100);
  outbox.PutProgress(20);
  ASSERT_TRUE(outbox.Next(&frame));
  EXPECT_EQ(frame.progress().step(), 20);
  EXPECT_EQ(frame.progress().diagnostics().steps(), 20);
  diagnostics.set_steps(30);
  outbox.PutDiagnostics(diagnostics, 31);
  outbox.PutEnd(std::vector<float>(3 * kDim));
  ASSERT_TRUE(outbox.Next(&frame));
  EXPECT_FALSE(frame.final().last());
  EXPECT_FALSE(frame.final().has_diagnostics());
  ASSERT_TRUE(outbox.Next(&frame));
  EXPECT_TRUE(frame.final().last());
  EXPECT_EQ(frame.final().diagnostics().steps(), 30);
  EXPECT_EQ(frame.final().steps(), 31);
}

TEST(SampleOutboxTest, WithoutDiagnosticsTheLastFrameTellsTheStepsAlone) {
  SampleOutbox outbox(1);
  outbox.PutStarted({}, 100);
  outbox.PutEnd(std::vector<float>{1});
  v1::SampleResponse frame;
  ASSERT_TRUE(outbox.Next(&frame));
  ASSERT_TRUE(outbox.Next(&frame));
  EXPECT_FALSE(frame.final().has_diagnostics());
  EXPECT_EQ(frame.final().steps(), 100);
}

TEST(SampleOutboxTest, AnErrorComesAfterWhatWaits) {
  SampleOutbox outbox(2);
  outbox.PutStates(1, 0, {1, 2});
  outbox.PutEnd(absl::CancelledError("no more"));
  EXPECT_THAT(Drain(outbox), ElementsAre("states 1 from 0"));
  EXPECT_EQ(outbox.end(), absl::CancelledError("no more"));
}

}  // namespace
}  // namespace scoreserve
