#include "server/service/example_stream.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "models/status.h"
#include "server/engine/ending.h"
#include "server/service/example_codec.h"
#include "server/service/fine_tuning_service.h"
#include "server/service/status_codec.h"

namespace scoreserve {
namespace {

// What may wait for the disk; beyond it nothing is read, and HTTP/2's flow
// control tells the client.
constexpr int kMostMessages = 8;
constexpr int64_t kMostBytes = int64_t{4} << 20;

using Base = grpc::ServerBidiReactor<v1::StreamExamplesRequest,
                                     v1::StreamExamplesResponse>;

// Reads messages and adds their rows to the job, in order. Answers are the
// number of rows that are durable: a newer one takes the place of an older that
// has not been written.
class ExampleStream final : public Base {
 public:
  ExampleStream(const Backend& backend, grpc::CallbackServerContext* context)
      : backend_(backend), context_(context) {
    absl::StatusOr<StopSignal::Watch> stop = backend_.stop->OnStop([this] {
      Pump([this]()
               ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { Fail(StoppingError()); });
    });
    if (stop.ok()) stop_ = *std::move(stop);
    // Until the caller has this object it is not finished.
    Pump([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      Fail(CheckHasJobs(backend_));
      Fail(stop.status());
    });
  }

  void OnReadDone(bool ok) override {
    // Before the next read begins: rows go to the job in the order they came.
    if (ok) Take();
    Pump([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      reading_ = false;
      if (!ok) half_closed_ = true;
    });
  }

  void OnWriteDone(bool) override {
    Pump([this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { writing_ = false; });
  }

  void OnCancel() override {
    Pump([this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      Fail(WithReason(absl::CancelledError("the stream was cancelled"),
                      Reason::kCancelled));
    });
  }

  void OnDone() override { delete this; }

 private:
  enum class Operation { kNone, kRead, kWrite, kFinish };

  // Hands over the message that was read.
  void Take() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::StatusOr<Examples> examples = Decode();
    const auto bytes =
        examples.ok() ? static_cast<int64_t>(examples->x.size() * sizeof(float))
                      : int64_t{0};
    {
      absl::MutexLock lock(&mu_);
      if (!examples.ok()) Fail(examples.status());
      // What comes after an error is not added: it would leave a gap.
      if (!error_.ok()) return;
      if (bytes > 0) {
        ++waiting_messages_;
        waiting_bytes_ += bytes;
      }
    }
    if (bytes == 0) return;
    // Until it is done the stream is not finished.
    backend_.fine_tunes->Append(
        name_, *std::move(examples),
        [this, bytes](absl::StatusOr<int64_t> durable) {
          Pump([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
            --waiting_messages_;
            waiting_bytes_ -= bytes;
            if (!durable.ok()) return Fail(durable.status());
            Acknowledge(*durable);
          });
        });
  }

  absl::StatusOr<Examples> Decode() ABSL_LOCKS_EXCLUDED(mu_) {
    const bool first = config_ == nullptr;
    if (!first && !message_.name().empty() && message_.name() != name_) {
      return InvalidField("name", absl::StrCat("'", name_, "', as before"),
                          absl::StrCat("'", message_.name(), "'"));
    }
    if (first) {
      absl::StatusOr<std::shared_ptr<const ModelConfig>> config =
          backend_.fine_tunes->ConfigOf(message_.name());
      if (!config.ok()) return config.status();
      config_ = *std::move(config);
      name_ = message_.name();
    }
    if (first || !message_.has_x()) {
      // Where a client goes on from, at once.
      const absl::StatusOr<FineTuneStatus> status =
          backend_.fine_tunes->Get(name_);
      if (!status.ok()) return status.status();
      absl::MutexLock lock(&mu_);
      model_ = status->spec.model;
      if (error_.ok()) Acknowledge(status->rows);
    }
    return DecodeExamples(message_, *config_);
  }

  void Acknowledge(int64_t rows) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    acknowledged_ = std::max(acknowledged_, rows);
    answer_ = true;
  }

  void Fail(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (error_.ok()) error_ = status;
  }

  // Changes the state by `change`, then starts what may be started now. One
  // thread at a time does that, and does it for the others' changes too, so
  // that no operation begins beside or after the finish.
  template <typename Change>
  void Pump(Change change) ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      change();
      if (std::exchange(pumping_, true)) return;
    }
    while (true) {
      grpc::Status end;
      const Operation next = Next(end);
      if (next == Operation::kNone) return;
      if (next == Operation::kRead) StartRead(&message_);
      if (next == Operation::kWrite) StartWrite(&reply_);
      // Last: the stream may be gone.
      if (next == Operation::kFinish) return Finish(std::move(end));
    }
  }

  // What to start. After kNone this thread no longer pumps; kFinish comes once,
  // with the status in `end`.
  Operation Next(grpc::Status& end) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (!writing_ && answer_) {
      answer_ = false;
      writing_ = true;
      reply_.set_acknowledged(acknowledged_);
      return Operation::kWrite;
    }
    const bool over = half_closed_ || !error_.ok();
    if (over && !writing_ && waiting_messages_ == 0) {
      backend_.requests->Count(model_.empty() ? "unknown" : model_,
                               "StreamExamples", error_.code());
      end = ToGrpcStatus(error_, context_);
      return Operation::kFinish;
    }
    const bool room =
        waiting_messages_ < kMostMessages && waiting_bytes_ < kMostBytes;
    if (!over && !reading_ && room) {
      reading_ = true;
      return Operation::kRead;
    }
    pumping_ = false;
    return Operation::kNone;
  }

  const Backend backend_;
  grpc::CallbackServerContext* const context_;

  // Of the one outstanding read and what follows it, and of the one write.
  v1::StreamExamplesRequest message_;
  std::string name_;
  std::shared_ptr<const ModelConfig> config_;  // Null before the first message.
  v1::StreamExamplesResponse reply_;

  absl::Mutex mu_;
  std::string model_ ABSL_GUARDED_BY(mu_);
  bool pumping_ ABSL_GUARDED_BY(mu_) = false;
  bool reading_ ABSL_GUARDED_BY(mu_) = false;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status error_ ABSL_GUARDED_BY(mu_);  // The first.
  int waiting_messages_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t waiting_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t acknowledged_ ABSL_GUARDED_BY(mu_) = 0;
  bool answer_ ABSL_GUARDED_BY(mu_) = false;  // To be written.

  StopSignal::Watch stop_;  // Last: once it is gone nobody calls.
};

}  // namespace

grpc::ServerBidiReactor<v1::StreamExamplesRequest, v1::StreamExamplesResponse>*
NewExampleStream(const Backend& backend, grpc::CallbackServerContext* context) {
  return new ExampleStream(backend, context);
}

}  // namespace scoreserve
