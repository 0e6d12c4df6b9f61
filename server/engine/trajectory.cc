#include "server/engine/trajectory.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/engine/clock.h"
#include "server/engine/data_map.h"
#include "server/engine/ending.h"

namespace scoreserve {

SampleRun::SampleRun(SampleRequest request, std::vector<int64_t> block_steps)
    : request_(std::move(request)),
      block_steps_(std::move(block_steps)),
      block_told_(block_steps_.size()) {}

SampleRun::~SampleRun() { Fail(StoppingError()); }

void SampleRun::Collect(int64_t first_row, absl::Span<const float> x) {
  if (ended_) return;
  const int64_t dim = request_.model->dim();
  samples_.resize(request_.rows * dim);
  ToDataSpace(request_.model->config.data, x,
              samples_.data() + first_row * dim);
  rows_done_ += static_cast<int64_t>(x.size()) / dim;
  if (rows_done_ == request_.rows) End(std::move(samples_));
}

void SampleRun::Used(int64_t evaluations) {
  // The ledger is shared: it hears of every 16th step or so of a block.
  constexpr int64_t kSteps = 16;
  used_ += evaluations;
  if (ended_ || used_ < kSteps * evaluations) return;
  request_.ticket.Use(std::exchange(used_, 0));
}

void SampleRun::Fail(const absl::Status& status) {
  if (!ended_) End(status);
}

void SampleRun::Stepped(int64_t block, int64_t step, int64_t first_row,
                        absl::Span<const float> x, Instant now) {
  if (ended_) return;
  block_steps_[block] = step;
  TellStates(step, first_row, x);
  TellProgress(now);
}

void SampleRun::TellStates(int64_t step, int64_t first_row,
                           absl::Span<const float> x) {
  if (request_.states_every == 0 || step % request_.states_every != 0) return;
  if (request_.states_rows > 0) {
    const int64_t rows = request_.states_rows - first_row;
    if (rows <= 0) return;
    x = x.first(std::min<size_t>(x.size(), rows * request_.model->dim()));
  }
  states_.resize(x.size());
  ToDataSpace(request_.model->config.data, x, states_.data());
  request_.sink->States(step, first_row, states_);
}

void SampleRun::TellProgress(Instant now) {
  if (!last_progress_.has_value()) last_progress_ = now;
  const bool due = now - *last_progress_ >= request_.progress_interval;
  const int64_t every = request_.progress_every;
  if (!due && every == 0) return;
  const int64_t slowest =
      *std::min_element(block_steps_.begin(), block_steps_.end());
  if (!due && slowest / every == told_step_ / every) return;
  last_progress_ = now;
  told_step_ = slowest;
  request_.sink->Progress(slowest);
}

bool SampleRun::StateDue(int64_t block, bool done, Instant now) {
  if (ended_ || !request_.wants_states()) return false;
  if (done) return true;
  if (!request_.state_interval.has_value()) return false;
  std::optional<Instant>& told = block_told_[block];
  if (!told.has_value()) told = now;
  if (now - *told < *request_.state_interval) return false;
  told = now;
  return true;
}

void SampleRun::TellState(const BlockState& state) {
  if (!ended_) request_.sink->State(state);
}

std::optional<StopReason> SampleRun::ShouldStop(Instant now,
                                                bool draining) const {
  if (ended_) return std::nullopt;
  if (request_.stop_at <= now) return StopReason::kTimeBudget;
  if (draining && request_.wants_states()) return StopReason::kDraining;
  return std::nullopt;
}

void SampleRun::Stop(StopReason reason) {
  if (ended_) return;
  ended_ = true;
  request_.ticket.Release();
  request_.sink->Stopped(reason);
  request_.sink = nullptr;
}

void SampleRun::End(absl::StatusOr<std::vector<float>> samples) {
  ended_ = true;
  request_.ticket.Release();
  request_.sink->Done(std::move(samples));
  request_.sink = nullptr;
}

}  // namespace scoreserve
