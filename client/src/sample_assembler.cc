#include "client/src/sample_assembler.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/src/diagnostics_codec.h"
#include "client/src/tensor_codec.h"

namespace scoreserve {
inline namespace client {

SampleAssembler::SampleAssembler(SampleObserver observer, int64_t rows)
    : observer_(std::move(observer)), rows_(rows) {}

absl::Status SampleAssembler::Take(const v1::SampleResponse& frame) {
  switch (frame.frame_case()) {
    case v1::SampleResponse::kStarted:
      samples_.start = {.version = frame.started().version(),
                        .seed = frame.started().seed(),
                        .num_steps = frame.started().num_steps(),
                        .numerics = frame.started().numerics()};
      if (observer_.on_start && !std::exchange(told_start_, true)) {
        observer_.on_start(samples_.start);
      }
      return absl::OkStatus();
    case v1::SampleResponse::kProgress:
      TellProgress(frame.progress());
      return absl::OkStatus();
    case v1::SampleResponse::kStates:
      return TakeStates(frame.states());
    case v1::SampleResponse::kFinal:
      return TakeFinal(frame.final());
    case v1::SampleResponse::kState:    // SampleSession keeps it,
    case v1::SampleResponse::kStopped:  // and knows what that means.
    case v1::SampleResponse::FRAME_NOT_SET:
      return absl::OkStatus();  // A kind that a newer server sends.
  }
  return absl::OkStatus();
}

void SampleAssembler::TellProgress(const v1::SampleProgress& progress) {
  if (!observer_.on_step) return;
  SampleStep step = {.step = progress.step(),
                     .num_steps = progress.num_steps()};
  if (progress.has_diagnostics()) {
    step.diagnostics = DecodeDiagnostics(progress.diagnostics());
  }
  observer_.on_step(step);
}

absl::Status SampleAssembler::TakeStates(const v1::SampleStates& states) {
  if (!observer_.on_state) return absl::OkStatus();
  const absl::StatusOr<TensorView> x = DecodeRows(states.x());
  if (!x.ok()) return x.status();
  observer_.on_state({.step = states.step(),
                      .first_row = states.first_row(),
                      .rows = x->rows,
                      .x = x->values});
  return absl::OkStatus();
}

absl::Status SampleAssembler::TakeFinal(const v1::SampleFinal& final_frame) {
  const absl::StatusOr<TensorView> x = DecodeRows(final_frame.x());
  if (!x.ok()) return x.status();
  if (samples_.rows == 0) {
    samples_.dim = x->dim;
    // Grown frame by frame past this: what a server claims is no size to trust.
    samples_.x.reserve(final_frame.last() ? x->values.size() : 0);
  }
  if (final_frame.first_row() != samples_.rows || x->dim != samples_.dim ||
      x->rows > rows_ - samples_.rows) {
    return absl::InternalError(absl::StrCat(
        "the server's next samples must be rows ", samples_.rows,
        " to at most ", rows_ - 1, " of width ", samples_.dim, "; were ",
        x->rows, " from row ", final_frame.first_row(), " of width ", x->dim));
  }
  samples_.x.insert(samples_.x.end(), x->values.begin(), x->values.end());
  samples_.rows += x->rows;
  complete_ = final_frame.last() && samples_.rows == rows_;
  if (!final_frame.last()) return absl::OkStatus();
  // A server that does not say makes all.
  samples_.steps =
      final_frame.steps() == 0 ? samples_.start.num_steps : final_frame.steps();
  if (final_frame.has_diagnostics()) {
    samples_.diagnostics = DecodeDiagnostics(final_frame.diagnostics());
  }
  return absl::OkStatus();
}

void SampleAssembler::Restart() {
  samples_.rows = 0;
  samples_.x.clear();
  samples_.diagnostics.reset();
  complete_ = false;
}

absl::StatusOr<Samples> SampleAssembler::End(const absl::Status& status) {
  if (!status.ok()) return status;
  if (!complete_) {
    return absl::InternalError(absl::StrCat("the server must send all ", rows_,
                                            " rows; sent ", samples_.rows));
  }
  return std::move(samples_);
}

}  // namespace client
}  // namespace scoreserve
