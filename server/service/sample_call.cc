#include "server/service/sample_call.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "models/samplers/sampler.h"
#include "models/status.h"
#include "server/engine/work.h"
#include "server/service/request_codec.h"
#include "server/service/sample_outbox.h"
#include "server/service/status_codec.h"
#include "server/service/tensor_codec.h"

namespace scoreserve {
namespace {

// For callers that bring no seed; they are told which one it was.
uint64_t DrawSeed() {
  std::random_device device;
  return (uint64_t{device()} << 32) | device();
}

// Everything but the sink.
absl::StatusOr<SampleRequest> Decode(const v1::SampleRequest& wire,
                                     std::shared_ptr<const ModelSnapshot> model,
                                     Instant deadline) {
  const absl::StatusOr<const Sampler*> sampler = FindSampler(wire.sampler());
  if (!sampler.ok()) return sampler.status();
  const absl::StatusOr<OptionValues> options = DecodeOptions(wire.options());
  if (!options.ok()) return options.status();
  absl::StatusOr<SamplerPlan> plan = (*sampler)->plan(*options, model->target);
  if (!plan.ok()) return InField("options", plan.status());
  std::vector<float> start;
  if (wire.has_start()) {
    const absl::StatusOr<TensorRows> rows =
        DecodeRows("start", wire.start(), model->config.data);
    if (!rows.ok()) return rows.status();
    start.assign(rows->values.begin(), rows->values.end());
  }
  return SampleRequest{
      .model = std::move(model),
      .plan = std::make_shared<const SamplerPlan>(*std::move(plan)),
      .rows = wire.rows(),
      .seed = wire.has_seed() ? wire.seed() : DrawSeed(),
      .start = std::move(start),
      .states_every = wire.states_every(),
      .deadline = deadline,
      .sink = nullptr,
      .ticket = {},
  };
}

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

  void States(int64_t step, int64_t first_row,
              absl::Span<const float> x) override {
    Pump([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      outbox_->PutStates(step, first_row, x);
    });
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
    const absl::StatusOr<ModelSelector> selector = DecodeModelRef(wire.model());
    if (!selector.ok()) return selector.status();
    const auto model = backend_.registry->Find(*selector);
    if (!model.ok()) return model.status();
    model_ = (*model)->name;
    absl::StatusOr<SampleRequest> request = Decode(
        wire, *model, DeadlineOf(*context_, backend_.engine->clock().Now()));
    if (!request.ok()) return request.status();
    request->sink = this;
    {
      absl::MutexLock lock(&mu_);
      outbox_.emplace((*model)->dim());
      outbox_->PutStarted((*model)->version, request->seed,
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
