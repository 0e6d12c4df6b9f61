#include "client/src/sample_session.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/src/duration_codec.h"

namespace scoreserve {
inline namespace client {
namespace {

int64_t RowsOf(const v1::SamplingState& state) {
  return state.x().shape().empty() ? 0 : state.x().shape(0);
}

}  // namespace

SampleSession::SampleSession(v1::SampleRequest request, SampleObserver observer,
                             const ClientOptions& options,
                             const CallOptions& call, absl::Time now)
    : request_(std::move(request)),
      observer_(observer),
      options_(options),
      begin_(now),
      retries_(options, call, now),
      time_budget_(request_.has_time_budget()
                       ? DecodeDuration(request_.time_budget())
                       : absl::InfiniteDuration()),
      assembler_(std::move(observer), request_.rows()) {
  for (const v1::SamplingState& state : request_.resume_from()) Keep(state);
}

absl::Status SampleSession::Take(const v1::SampleResponse& frame) {
  if (frame.has_started()) {
    // Whatever becomes of this stream: the run is this one.
    begun_ = true;
    request_.set_seed(frame.started().seed());
    request_.mutable_model()->set_version(frame.started().version());
  }
  if (frame.has_state() && request_.has_state_interval()) {
    Keep(frame.state());
    retries_.Progress();
  } else if (frame.has_state()) {
    Keep(frame.state());
  }
  if (frame.has_stopped()) stopped_ = frame.stopped().reason();
  return assembler_.Take(frame);
}

void SampleSession::Keep(const v1::SamplingState& state) {
  const int64_t rows = RowsOf(state);
  if (rows == 0) return;
  // Another server may cut its blocks otherwise: what this one replaces in part
  // is done again rather than cut.
  const int64_t begin = state.first_row(), end = begin + rows;
  auto it = newest_.lower_bound(begin);
  if (it != newest_.begin()) {
    const auto before = std::prev(it);
    if (before->first + RowsOf(before->second) > begin) it = before;
  }
  while (it != newest_.end() && it->first < end) it = newest_.erase(it);
  newest_.emplace(begin, state);
}

std::optional<absl::Duration> SampleSession::Next(const absl::Status& status,
                                                  absl::Time now) {
  outcome_ = status;
  const auto stopped = std::exchange(stopped_, std::nullopt);
  if (status.ok() && stopped == v1::STOP_REASON_TIME_BUDGET) {
    outcome_ = absl::DeadlineExceededError(absl::StrCat(
        "the time budget ended after ", SlowestStep(), " steps of every row"));
    if (observer_.on_stop) observer_.on_stop({.bytes = Checkpoint()});
    return std::nullopt;
  }
  const bool draining = status.ok() && stopped == v1::STOP_REASON_DRAINING;
  if (draining) {
    outcome_ = absl::UnavailableError("the server stopped to drain");
  }
  if (!(draining || retries_.Passes(status)) || !begun_ ||
      !request_.has_state_interval()) {
    return std::nullopt;
  }
  if (!retries_.Fail()) return std::nullopt;
  GoOn(now);
  if (observer_.on_resume) {
    observer_.on_resume(
        {.attempt = retries_.failures(),
         .step = request_.resume_from().empty() ? 0 : SlowestStep(),
         .why = outcome_});
  }
  // Another replica takes what this one has handed over.
  return draining ? absl::ZeroDuration() : retries_.Pause(outcome_, now);
}

void SampleSession::GoOn(absl::Time now) {
  assembler_.Restart();
  request_.clear_resume_from();
  for (const auto& [row, state] : newest_) *request_.add_resume_from() = state;
  // What no request holds begins again.
  if (static_cast<int64_t>(request_.ByteSizeLong()) >
      options_.max_message_bytes) {
    request_.clear_resume_from();
  }
  if (time_budget_ == absl::InfiniteDuration()) return;
  EncodeDuration(std::max(time_budget_ - (now - begin_), absl::Milliseconds(1)),
                 request_.mutable_time_budget());
}

int64_t SampleSession::SlowestStep() const {
  int64_t rows = 0, step = newest_.empty() ? 0 : newest_.begin()->second.step();
  for (const auto& [row, state] : newest_) {
    rows += RowsOf(state);
    step = std::min<int64_t>(step, state.step());
  }
  return rows == request_.rows() ? step : 0;
}

std::string SampleSession::Checkpoint() const {
  v1::SampleRequest kept;
  for (const auto& [row, state] : newest_) *kept.add_resume_from() = state;
  return kept.SerializeAsString();
}

}  // namespace client
}  // namespace scoreserve
