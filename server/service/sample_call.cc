#include "server/service/sample_call.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "server/engine/work.h"
#include "server/service/caller.h"
#include "server/service/diagnostics_codec.h"
#include "server/service/request_codec.h"
#include "server/service/resume_codec.h"
#include "server/service/sample_outbox.h"
#include "server/service/sample_request_codec.h"
#include "server/service/status_codec.h"

namespace scoreserve {
namespace {

// Writes one frame at a time from the outbox, which bounds what a slow reader
// costs.
class SampleCall final : public grpc::ServerWriteReactor<v1::SampleResponse>,
                         public SampleSink {
 public:
  SampleCall(const Backend& backend, grpc::CallbackServerContext* context,
             const v1::SampleRequest& request)
      : backend_(backend), context_(context) {
    const absl::Status submitted = Submit(request);
    if (!submitted.ok()) End(submitted);
  }

  void OnWriteDone(bool) override {
    Pump([this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { writing_ = false; });
  }
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }

  bool Cancelled() const override { return cancelled_; }

  void Progress(int64_t step) override {
    Pump([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      outbox_->PutProgress(step);
    });
  }

  void Diagnosed(const ChainSummary& summary, int64_t last_step) override {
    // Goes with the frame that comes next.
    absl::MutexLock lock(&mu_);
    outbox_->PutDiagnostics(EncodeDiagnostics(summary), last_step);
  }

  void States(int64_t step, int64_t first_row,
              absl::Span<const float> x) override {
    Pump([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      outbox_->PutStates(step, first_row, x);
    });
  }

  void State(const BlockState& state) override {
    Pump([&]()
             ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { outbox_->PutState(state); });
  }

  void Stopped(StopReason reason) override {
    Count(absl::OkStatus());
    Pump([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { outbox_->PutEnd(reason); });
  }

  void Done(absl::StatusOr<std::vector<float>> samples) override {
    if (!samples.ok()) return End(samples.status());
    Count(absl::OkStatus());
    Pump([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      outbox_->PutEnd(*std::move(samples));
    });
  }

 private:
  absl::Status Submit(const v1::SampleRequest& wire) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::StatusOr<std::string> caller = CallerOf(*context_, *backend_.proxies);
    if (!caller.ok()) return caller.status();
    const absl::StatusOr<ModelSelector> selector = SelectModel(wire);
    if (!selector.ok()) return selector.status();
    const auto model = backend_.registry->Find(*selector, *caller);
    if (!model.ok()) return LookUpError(wire, model.status());
    model_ = (*model)->name;
    const Instant now = backend_.engine->clock().Now();
    absl::StatusOr<SampleRequest> request =
        DecodeSampleRequest(wire, *model, now);
    if (!request.ok()) return request.status();
    v1::SamplingState identity = IdentityOf(
        wire, **model, request->seed, backend_.engine->NumericsOf(**model));
    const absl::Status checked = CheckIdentity(wire, identity);
    if (!checked.ok()) return checked;
    request->deadline = DeadlineOf(*context_, now);
    request->caller = *std::move(caller);
    request->sink = this;
    {
      absl::MutexLock lock(&mu_);
      outbox_.emplace((*model)->dim());
      outbox_->PutStarted(std::move(identity),
                          request->plan->table.num_steps());
    }
    absl::Status submitted = backend_.engine->Sample(*std::move(request));
    if (submitted.ok()) {
      Pump([] {});
      return submitted;
    }
    absl::MutexLock lock(&mu_);
    outbox_.reset();
    return submitted;
  }

  // Ends the stream with an error, after the frames that wait.
  void End(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_) {
    Count(status);
    Pump([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      if (!outbox_.has_value()) outbox_.emplace(1);
      outbox_->PutEnd(status);
    });
  }

  // Changes the state by `change`, then writes the next frame, or finishes,
  // unless a write is under way. Both are decided under one lock: after it, who
  // neither writes nor finishes may not touch this object, which another thread
  // may finish and delete.
  template <typename Change>
  void Pump(Change change) ABSL_LOCKS_EXCLUDED(mu_) {
    bool write = false;
    std::optional<absl::Status> end;
    {
      absl::MutexLock lock(&mu_);
      change();
      if (writing_ || finished_) return;
      write = writing_ = outbox_->Next(&frame_);
      if (!write) end = outbox_->end();
      finished_ = end.has_value();
    }
    if (write) StartWrite(&frame_);
    if (end.has_value()) Finish(ToGrpcStatus(*end, context_));
  }

  void Count(const absl::Status& status) {
    backend_.requests->Count(model_.empty() ? "unknown" : model_, "Sample",
                             status.code());
  }

  const Backend backend_;
  grpc::CallbackServerContext* const context_;
  std::string model_;
  std::atomic<bool> cancelled_ = false;
  v1::SampleResponse frame_;  // Of the one outstanding write.

  absl::Mutex mu_;
  std::optional<SampleOutbox> outbox_ ABSL_GUARDED_BY(mu_);
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace

grpc::ServerWriteReactor<v1::SampleResponse>* NewSampleCall(
    const Backend& backend, grpc::CallbackServerContext* context,
    const v1::SampleRequest& request) {
  return new SampleCall(backend, context, request);
}

}  // namespace scoreserve
