#include "server/service/fine_tune_watch.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "models/status.h"
#include "server/engine/ending.h"
#include "server/service/fine_tune_codec.h"
#include "server/service/fine_tuning_service.h"
#include "server/service/status_codec.h"

namespace scoreserve {
namespace {

// Writes the newest status whenever the job has changed and the last one has
// been written: a slow reader misses those between.
class WatchCall final
    : public grpc::ServerWriteReactor<v1::WatchFineTuneResponse> {
 public:
  WatchCall(const Backend& backend, grpc::CallbackServerContext* context,
            const v1::WatchFineTuneRequest& request)
      : backend_(backend), context_(context) {
    const absl::Status watching = Watch(request.name());
    Pump([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      busy_ = false;
      if (!watching.ok()) End(watching);
    });
  }

  void OnWriteDone(bool) override {
    Pump([this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      busy_ = false;
      if (last_) End(absl::OkStatus());
    });
  }

  void OnCancel() override {
    Pump([this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      End(WithReason(absl::CancelledError("the watch was cancelled"),
                     Reason::kCancelled));
    });
  }

  void OnDone() override { delete this; }

 private:
  absl::Status Watch(const std::string& name) {
    absl::Status checked = CheckHasJobs(backend_);
    if (!checked.ok()) return checked;
    absl::StatusOr<std::unique_ptr<FineTuneWatch>> watch =
        backend_.fine_tunes->Watch(name, [this] {
          Pump([this]()
                   ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { changed_ = true; });
        });
    if (!watch.ok()) return watch.status();
    watch_ = *std::move(watch);
    absl::StatusOr<StopSignal::Watch> stop = backend_.stop->OnStop([this] {
      Pump([this]()
               ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { End(StoppingError()); });
    });
    if (!stop.ok()) return stop.status();
    stop_ = *std::move(stop);
    return absl::OkStatus();
  }

  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (!end_.has_value()) end_ = status;
  }

  // Changes the state by `change`, then writes or finishes, unless someone
  // does. Both are decided under one lock: after it, who does neither may not
  // touch this object, which another thread may finish and delete.
  template <typename Change>
  void Pump(Change change) ABSL_LOCKS_EXCLUDED(mu_) {
    std::optional<absl::Status> end;
    {
      absl::MutexLock lock(&mu_);
      change();
      if (busy_ || (!changed_ && !end_.has_value())) return;
      busy_ = true;
      changed_ = false;
      end = end_;
    }
    if (!end.has_value()) {
      const absl::Status filled = Fill();
      if (filled.ok()) return StartWrite(&frame_);
      end = filled;
    }
    Count(*end);
    Finish(ToGrpcStatus(*end, context_));  // busy_ for good: it is the last.
  }

  // The frame to write. Only by who made this busy.
  absl::Status Fill() ABSL_LOCKS_EXCLUDED(mu_) {
    const absl::StatusOr<FineTuneStatus> status = watch_->Status();
    if (!status.ok()) return status.status();
    model_ = status->spec.model;
    last_ = HasEnded(status->state);
    frame_.Clear();
    EncodeFineTune(*status, frame_.mutable_fine_tune());
    return absl::OkStatus();
  }

  void Count(const absl::Status& status) {
    backend_.requests->Count(model_.empty() ? "unknown" : model_,
                             "WatchFineTune", status.code());
  }

  const Backend backend_;
  grpc::CallbackServerContext* const context_;

  // Of who made this busy.
  std::string model_;
  bool last_ = false;
  v1::WatchFineTuneResponse frame_;  // Of the one outstanding write.

  absl::Mutex mu_;
  // Being started, written or finished.
  bool busy_ ABSL_GUARDED_BY(mu_) = true;
  bool changed_ ABSL_GUARDED_BY(mu_) = true;  // Since the frame was filled.
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mu_);

  // Last: once they are gone nobody calls.
  std::unique_ptr<FineTuneWatch> watch_;
  StopSignal::Watch stop_;
};

}  // namespace

grpc::ServerWriteReactor<v1::WatchFineTuneResponse>* NewFineTuneWatch(
    const Backend& backend, grpc::CallbackServerContext* context,
    const v1::WatchFineTuneRequest& request) {
  return new WatchCall(backend, context, request);
}

}  // namespace scoreserve
