// Sinks that remember what they were told.

#ifndef SCORESERVE_TESTS_SUPPORT_TEST_SINKS_H_
#define SCORESERVE_TESTS_SUPPORT_TEST_SINKS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/types/span.h"
#include "server/engine/work.h"

namespace scoreserve {

class TestScoreSink : public ScoreSink {
 public:
  bool Cancelled() const override { return cancelled_; }
  void Done(absl::StatusOr<ScoreAnswer> answer) override {
    status_ = answer.status();
    if (answer.ok()) {
      scores_.assign(answer->scores.begin(), answer->scores.end());
      energies_.assign(answer->energies.begin(), answer->energies.end());
    }
    done_.Notify();
  }

  void Cancel() { cancelled_ = true; }
  bool done() const { return done_.HasBeenNotified(); }
  // Waits for the answer.
  const absl::Status& status() const {
    done_.WaitForNotification();
    return status_;
  }
  const std::vector<float>& scores() const {
    done_.WaitForNotification();
    return scores_;
  }
  const std::vector<double>& energies() const {
    done_.WaitForNotification();
    return energies_;
  }

 private:
  std::atomic<bool> cancelled_ = false;
  absl::Status status_;
  std::vector<float> scores_;
  std::vector<double> energies_;
  absl::Notification done_;
};

class TestSampleSink : public SampleSink {
 public:
  bool Cancelled() const override { return cancelled_; }
  void Progress(int64_t step) override { progress_ = step; }
  void States(int64_t step, int64_t first_row,
              absl::Span<const float> x) override {
    states_[{step, first_row}].assign(x.begin(), x.end());
  }
  void State(const BlockState& state) override {
    newest_[state.first_row] = state;
    if (on_state_) on_state_(state);
  }
  void Diagnosed(const ChainSummary& summary, int64_t last_step) override {
    summaries_.push_back(summary);
    last_step_ = last_step;
  }
  void Stopped(StopReason reason) override {
    stopped_ = reason;
    done_.Notify();
  }
  void Done(absl::StatusOr<std::vector<float>> samples) override {
    status_ = samples.status();
    if (samples.ok()) samples_ = *std::move(samples);
    done_.Notify();
  }

  void Cancel() { cancelled_ = true; }
  bool done() const { return done_.HasBeenNotified(); }
  const absl::Status& status() const {
    done_.WaitForNotification();
    return status_;
  }
  const std::vector<float>& samples() const {
    done_.WaitForNotification();
    return samples_;
  }
  // Why it ended early, once it has.
  std::optional<StopReason> stopped() const {
    done_.WaitForNotification();
    return stopped_;
  }
  // What it was told of its diagnostics, and of the step that it ended with.
  const std::vector<ChainSummary>& summaries() const {
    done_.WaitForNotification();
    return summaries_;
  }
  int64_t last_step() const {
    done_.WaitForNotification();
    return last_step_;
  }
  // The newest state of each block.
  std::vector<BlockState> newest() const {
    std::vector<BlockState> states;
    for (const auto& [row, state] : newest_) states.push_back(state);
    return states;
  }
  // To be called with each state, from the device's thread.
  void OnState(std::function<void(const BlockState&)> on_state) {
    on_state_ = std::move(on_state);
  }
  // By (step, first row).
  const std::map<std::pair<int64_t, int64_t>, std::vector<float>>& states()
      const {
    return states_;
  }

 private:
  std::atomic<bool> cancelled_ = false;
  int64_t progress_ = 0;
  std::map<std::pair<int64_t, int64_t>, std::vector<float>> states_;
  std::map<int64_t, BlockState> newest_;
  std::function<void(const BlockState&)> on_state_;
  std::vector<ChainSummary> summaries_;
  int64_t last_step_ = 0;
  std::optional<StopReason> stopped_;
  absl::Status status_;
  std::vector<float> samples_;
  absl::Notification done_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_TEST_SINKS_H_
