#include "server/service/sample_outbox.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "server/service/resume_codec.h"
#include "server/service/tensor_codec.h"

namespace scoreserve {

void SampleOutbox::PutStarted(v1::SamplingState identity, int64_t num_steps) {
  num_steps_ = last_step_ = num_steps;
  identity_ = std::move(identity);
  started_.emplace();
  started_->set_version(identity_.version());
  started_->set_seed(identity_.seed());
  started_->set_num_steps(num_steps);
  started_->set_numerics(identity_.numerics());
}

void SampleOutbox::PutProgress(int64_t step) {
  progress_.emplace();
  progress_->set_step(step);
  progress_->set_num_steps(num_steps_);
  if (diagnostics_.has_value()) {
    *progress_->mutable_diagnostics() = *diagnostics_;
  }
}

void SampleOutbox::PutDiagnostics(v1::Diagnostics diagnostics,
                                  int64_t last_step) {
  diagnostics_ = std::move(diagnostics);
  last_step_ = last_step;
}

void SampleOutbox::PutStates(int64_t step, int64_t first_row,
                             absl::Span<const float> x) {
  if (state_bytes_ >= kMaxStateBytes) return;
  const size_t chunk = ChunkRows() * dim_;
  while (!x.empty()) {
    v1::SampleStates& states = states_.emplace_back();
    states.set_step(step);
    states.set_first_row(first_row);
    EncodeRows(x.first(std::min(chunk, x.size())), dim_, states.mutable_x());
    state_bytes_ += static_cast<int64_t>(states.x().data().size());
    first_row += states.x().shape(0);
    x.remove_prefix(std::min(chunk, x.size()));
  }
}

int64_t SampleOutbox::ChunkRows() const {
  const int64_t row_bytes = dim_ * static_cast<int64_t>(sizeof(float));
  return std::max<int64_t>(kChunkBytes / row_bytes, 1);
}

void SampleOutbox::PutState(const BlockState& state) {
  const size_t bytes = sizeof(float) * (state.x.size() + state.y.size() +
                                        state.held_score.size());
  const auto row_bytes =
      static_cast<int64_t>(bytes / static_cast<size_t>(state.rows));
  const int64_t chunk = std::max<int64_t>(kChunkBytes / row_bytes, 1);
  for (int64_t row = 0; row < state.rows; row += chunk) {
    v1::SamplingState& wire = resume_[state.first_row + row];
    wire = identity_;
    EncodeState(state, row, std::min(chunk, state.rows - row), &wire);
  }
}

void SampleOutbox::PutEnd(StopReason reason) {
  stopped_ = reason;
  end_ = absl::OkStatus();
}

void SampleOutbox::PutEnd(std::vector<float> samples) {
  resume_.clear();
  samples_ = std::move(samples);
  end_ = absl::OkStatus();
}

void SampleOutbox::PutEnd(const absl::Status& status) { end_ = status; }

bool SampleOutbox::Next(v1::SampleResponse* frame) {
  frame->Clear();
  if (started_.has_value()) {
    *frame->mutable_started() = *std::exchange(started_, std::nullopt);
  } else if (!states_.empty()) {
    state_bytes_ -= static_cast<int64_t>(states_.front().x().data().size());
    *frame->mutable_states() = std::move(states_.front());
    states_.pop_front();
  } else if (!resume_.empty()) {
    *frame->mutable_state() = std::move(resume_.begin()->second);
    resume_.erase(resume_.begin());
  } else if (progress_.has_value()) {
    *frame->mutable_progress() = *std::exchange(progress_, std::nullopt);
  } else if (!samples_.empty()) {
    NextFinal(frame);
  } else if (stopped_.has_value()) {
    frame->mutable_stopped()->set_reason(
        *std::exchange(stopped_, std::nullopt) == StopReason::kDraining
            ? v1::STOP_REASON_DRAINING
            : v1::STOP_REASON_TIME_BUDGET);
  } else {
    return false;
  }
  return true;
}

void SampleOutbox::NextFinal(v1::SampleResponse* frame) {
  const int64_t rows = static_cast<int64_t>(samples_.size()) / dim_;
  const int64_t chunk = std::min(ChunkRows(), rows - rows_sent_);
  v1::SampleFinal* final = frame->mutable_final();
  final->set_first_row(rows_sent_);
  EncodeRows(
      absl::MakeConstSpan(samples_).subspan(rows_sent_ * dim_, chunk * dim_),
      dim_, final->mutable_x());
  rows_sent_ += chunk;
  final->set_last(rows_sent_ == rows);
  if (!final->last()) return;
  samples_.clear();
  final->set_steps(last_step_);
  if (diagnostics_.has_value()) {
    *final->mutable_diagnostics() = *std::move(diagnostics_);
  }
}

std::optional<absl::Status> SampleOutbox::end() const {
  const bool empty = !started_.has_value() && states_.empty() &&
                     resume_.empty() && !progress_.has_value() &&
                     !stopped_.has_value() && samples_.empty();
  return empty ? end_ : std::nullopt;
}

}  // namespace scoreserve
