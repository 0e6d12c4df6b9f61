#include "server/engine/fine_tuning.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr Instant kNow = Instant::min(), kNotBeforeOffered = Instant::max();
constexpr std::chrono::milliseconds kTellInterval(100);

}  // namespace

FineTuning::FineTuning(Parts parts)
    : name_(std::move(parts.name)),
      plan_(std::move(parts.plan)),
      trainer_options_(parts.trainer_options),
      host_(parts.host),
      clock_(parts.clock),
      device_(parts.device),
      place_(parts.place),
      gate_objective_(std::move(parts.gate_objective)),
      // Another seed than training's: never draws that the weights have seen.
      gate_losses_(gate_objective_ == nullptr
                       ? std::nullopt
                       : std::make_optional<RowLosses>(
                             *gate_objective_, parts.noise, ~plan_.spec.seed)),
      trainer_(std::move(parts.trainer)),
      buffer_(std::move(parts.buffer)),
      memory_(std::move(parts.memory)) {
  if (trainer_ == nullptr) return;
  memory_.status.step = memory_.status.checkpoint_step = trainer_->steps_done();
  memory_.status.training_rows = buffer_->visible();
  memory_.status.hold_out_rows = buffer_->hold_out_rows();
}

FineTuneMemory FineTuning::memory() const {
  absl::MutexLock lock(&mu_);
  return memory_;
}

FineTuneStatus FineTuning::status() const {
  absl::MutexLock lock(&mu_);
  return memory_.status;
}

FineTuneState FineTuning::state() const {
  absl::MutexLock lock(&mu_);
  return memory_.status.state;
}

void FineTuning::AddRows(ConditionedRows rows) {
  absl::MutexLock lock(&mu_);
  memory_.status.rows += rows.size();
  arrived_.push_back(std::move(rows));
}

void FineTuning::MoveTo(FineTuneState state, const std::string& note) {
  absl::MutexLock lock(&mu_);
  SetState(state, note, memory_.status);
}

void FineTuning::Saved(int64_t step, const absl::Status& status) {
  absl::MutexLock lock(&mu_);
  saving_ = false;
  if (!HasEnded(memory_.status.state)) memory_.status.error = status;
  if (status.ok()) memory_.status.checkpoint_step = step;
}

void FineTuning::StorageFailed(const absl::Status& status) {
  absl::MutexLock lock(&mu_);
  if (!HasEnded(memory_.status.state)) memory_.status.error = status;
}

std::optional<FineTuneCheckpoint> FineTuning::Stop() {
  absl::MutexLock run(&run_mu_);
  if (std::exchange(stopped_, true) || trainer_ == nullptr) return std::nullopt;
  const int64_t step = trainer_->steps_done();
  {
    absl::MutexLock lock(&mu_);
    const bool on_its_way = saving_ && saving_step_ == step;
    if (on_its_way || memory_.status.checkpoint_step == step)
      return std::nullopt;
  }
  return Checkpoint();
}

std::vector<bool> FineTuning::Needs(
    const std::vector<std::pair<int64_t, int64_t>>& first_and_rows) {
  absl::MutexLock run(&run_mu_);
  std::vector<bool> needs(first_and_rows.size(), true);
  if (buffer_ == nullptr) return needs;
  TakeMail();
  for (size_t i = 0; i < needs.size(); ++i) {
    needs[i] =
        buffer_->Needs(first_and_rows[i].first, first_and_rows[i].second);
  }
  return needs;
}

Instant FineTuning::RunPiece(Device&) {
  absl::MutexLock run(&run_mu_);
  if (stopped_ || trainer_ == nullptr) return kNotBeforeOffered;
  try {
    return Piece();
  } catch (const std::exception& error) {
    // What LibTorch throws: out of memory, mostly.
    if (ending_.has_value()) return *next_save_;  // May be had by then.
    End(FineTuneState::kFailed,
        WithReason(absl::InternalError(
                       absl::StrCat("training failed: ", error.what())),
                   Reason::kInternalFault),
        "");
    return kNow;
  }
}

Instant FineTuning::Piece() {
  TakeMail();
  const FineTuneState state = this->state();
  if (HasEnded(state)) Release();  // Cancelled.
  if (state != FineTuneState::kRunning) return kNotBeforeOffered;
  const Instant now = clock_->Now();
  if (ending_.has_value()) return EndOnceSaved(now);
  if (!next_check_.has_value()) {
    next_check_ = now + absl::ToChronoNanoseconds(plan_.spec.publish_interval);
    rate_from_ = now;
    rate_step_ = trainer_->steps_done();
  }
  if (check_.has_value()) {
    CheckPiece();
    return kNow;
  }
  if (CheckDue(now)) {
    BeginChecks(now);
    if (check_.has_value()) return kNow;
  }
  const int64_t steps = plan_.spec.steps;
  if (steps > 0 && trainer_->steps_done() >= steps) return AwaitEnd(now);
  const int64_t needed =
      plan_.spec.min_rows > 0 ? plan_.spec.min_rows : trainer_options_.batch;
  const int64_t visible = buffer_->visible();
  if (visible < std::min(needed, plan_.spec.buffer.capacity)) {
    Note(absl::StrCat("waits for rows: has ", visible, " of ", needed));
    return kNotBeforeOffered;
  }
  TrainPiece(now);
  return kNow;
}

void FineTuning::TakeMail() {
  std::vector<ConditionedRows> arrived;
  {
    absl::MutexLock lock(&mu_);
    arrived.swap(arrived_);
  }
  if (arrived.empty()) return;
  for (const ConditionedRows& rows : arrived) buffer_->Add(rows);
  absl::MutexLock lock(&mu_);
  memory_.status.training_rows = buffer_->visible();
  memory_.status.hold_out_rows = buffer_->hold_out_rows();
}

Instant FineTuning::AwaitEnd(Instant now) {
  {
    absl::MutexLock lock(&mu_);
    if (publishing_) return kNotBeforeOffered;
  }
  const bool checkable = buffer_->hold_out_rows() >= kMinGateRows;
  if (checkable && checked_step_ < trainer_->steps_done()) {
    Note("waits for the last check of the gate");
    return *next_check_;
  }
  if (!checkable) {
    NotPublished(absl::StrCat("a check takes at least ", kMinGateRows,
                              " held-out rows; there are ",
                              buffer_->hold_out_rows()));
  }
  End(FineTuneState::kSucceeded, absl::OkStatus(), "");
  return EndOnceSaved(now);
}

void FineTuning::End(FineTuneState state, const absl::Status& error,
                     const std::string& note) {
  ending_ = {.state = state, .error = error, .note = note};
  next_save_ = kNow;
}

Instant FineTuning::EndOnceSaved(Instant now) {
  bool saved = false;
  {
    absl::MutexLock lock(&mu_);
    if (saving_) return kNotBeforeOffered;
    saved = memory_.status.checkpoint_step == trainer_->steps_done();
  }
  if (!saved) {
    if (next_save_ != kNow)
      Note("ends once its last checkpoint can be written");
    SaveIfDue(now);
    return *next_save_;
  }
  {
    absl::MutexLock lock(&mu_);
    FineTuneStatus& status = memory_.status;
    // A call may have cancelled it meanwhile.
    if (!HasEnded(status.state)) status.error = ending_->error;
    SetState(ending_->state, ending_->note, status);
  }
  host_->Remember(shared_from_this());
  host_->Changed(*this);
  Release();
  return kNotBeforeOffered;
}

void FineTuning::Release() {
  check_.reset();  // Before what it compares.
  in_service_.reset();
  predecessor_.reset();
  trainer_.reset();
  buffer_.reset();
}

void FineTuning::Note(const std::string& note) {
  {
    absl::MutexLock lock(&mu_);
    FineTuneStatus& status = memory_.status;
    // Another state, which came meanwhile, has a note of its own.
    if (status.state != FineTuneState::kRunning || status.note == note) return;
    status.note = note;
    status.steps_per_second = 0.0;
  }
  host_->Changed(*this);
}

void FineTuning::TellChange(Instant now) {
  if (told_ != Instant::min() && now - told_ < kTellInterval) return;
  told_ = now;
  {
    absl::MutexLock lock(&mu_);
    memory_.status.updated = absl::Now();
  }
  host_->Changed(*this);
}

int64_t FineTuning::PieceRows() const {
  const int64_t micro = trainer_options_.micro_batch;
  return std::min<int64_t>(micro > 0 ? micro : trainer_options_.batch, 64);
}

}  // namespace scoreserve
