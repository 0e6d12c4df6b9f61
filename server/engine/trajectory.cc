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

SampleRun::SampleRun(SampleRequest request, absl::Span<const BlockCut> cuts)
    : request_(std::move(request)),
      last_step_(request_.plan->table.num_steps()),
      block_told_(cuts.size()) {
  std::vector<int64_t> rows;
  for (const BlockCut& cut : cuts) {
    block_steps_.push_back(cut.state == nullptr ? 0 : cut.state->step);
    rows.push_back(cut.rows);
  }
  if (!request_.diagnostics.has_value()) return;
  diagnostics_ = std::make_unique<ChainDiagnostics>(*request_.diagnostics, rows,
                                                    request_.model->dim(),
                                                    request_.needs_energies());
}

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

void SampleRun::Observe(int64_t block, int64_t step,
                        const ChainObservation& seen) {
  if (!ended_) diagnostics_->Observe(block, step, seen);
}

void SampleRun::Stepped(int64_t block, int64_t step, Instant now) {
  if (ended_) return;
  block_steps_[block] = step;
  if (diagnostics_ != nullptr) MayEndEarly();
  TellProgress(now);
}

void SampleRun::MayEndEarly() {
  if (last_step_ < request_.plan->table.num_steps()) return;
  if (!diagnostics_->ShouldStop()) return;
  // All rows end with the same step. Blocks of the pass that is being delivered
  // may be one further than they have told.
  last_step_ =
      std::min(last_step_,
               *std::max_element(block_steps_.begin(), block_steps_.end()) + 1);
}

bool SampleRun::StatesDue(int64_t step) const {
  return !ended_ && request_.states_every > 0 &&
         step % request_.states_every == 0;
}

void SampleRun::TellStates(int64_t step, int64_t first_row,
                           absl::Span<const float> x) {
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
  TellDiagnostics();
  request_.sink->Progress(slowest);
}

void SampleRun::TellDiagnostics() {
  if (diagnostics_ == nullptr) return;
  request_.sink->Diagnosed(diagnostics_->Summary(), last_step_);
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
  if (samples.ok()) TellDiagnostics();
  request_.sink->Done(std::move(samples));
  request_.sink = nullptr;
}

}  // namespace scoreserve
