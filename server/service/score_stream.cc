#include "server/service/score_stream.h"

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/engine/clock.h"
#include "server/service/caller.h"
#include "server/service/request_codec.h"
#include "server/service/score_call.h"
#include "server/service/status_codec.h"

namespace scoreserve {
namespace {

// Reads messages, answers each. At most `limit` are unanswered: then it does
// not read, and HTTP/2's flow control tells the client. A message is unanswered
// until its reply has been written.
class ScoreStream final
    : public grpc::ServerBidiReactor<v1::ScoreStreamRequest,
                                     v1::ScoreStreamResponse> {
 public:
  ScoreStream(const Backend& backend, grpc::CallbackServerContext* context)
      : backend_(backend),
        caller_(CallerOf(*context, *backend.proxies)),
        deadline_(DeadlineOf(*context, backend.engine->clock().Now())),
        limit_(backend.engine->limits().max_stream_outstanding) {
    ReadNext();
  }

  void OnReadDone(bool ok) override {
    std::unique_ptr<Item> item = std::move(reading_);
    bool read_on = false, finish = false;
    {
      absl::MutexLock lock(&mu_);
      if (ok) {
        ++outstanding_;
        paused_ = outstanding_ >= limit_;
        read_on = !paused_;
      } else {
        half_closed_ = true;
        finish = ShouldFinish();
      }
    }
    if (finish) Finish(grpc::Status::OK);
    if (!ok) return;
    if (read_on) ReadNext();
    // Last: once the item is answered the outbox owns it, and the stream may be
    // finished and gone.
    item.release()->StartItem(deadline_);
  }

  void OnWriteDone(bool) override {
    Item* next = nullptr;
    bool resume = false, finish = false;
    {
      absl::MutexLock lock(&mu_);
      writing_.reset();
      --outstanding_;
      if (!outbox_.empty()) next = TakeFromOutbox();
      resume = std::exchange(paused_, false);
      finish = ShouldFinish();
    }
    if (next != nullptr) StartWrite(&next->reply());
    if (resume) ReadNext();
    if (finish) Finish(grpc::Status::OK);
  }

  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }

 private:
  // One message and its reply.
  class Item final : public ScoreCall {
   public:
    Item(ScoreStream* stream, const Backend& backend)
        : ScoreCall(backend), stream_(stream) {}

    v1::ScoreStreamRequest& message() { return message_; }
    const v1::ScoreStreamResponse& reply() const { return reply_; }

    void StartItem(Instant deadline) {
      reply_.set_id(message_.id());
      Start(message_.request(), stream_->caller_, deadline,
            reply_.mutable_response());
    }

    bool Cancelled() const override { return stream_->cancelled_; }

   protected:
    void Answer(absl::Status status) override {
      if (!status.ok()) reply_.clear_response();
      *reply_.mutable_status() = ToRpcStatus(status);
      stream_->Reply(std::unique_ptr<Item>(this));
    }

   private:
    ScoreStream* const stream_;
    v1::ScoreStreamRequest message_;
    v1::ScoreStreamResponse reply_;
  };

  void ReadNext() {
    reading_ = std::make_unique<Item>(this, backend_);
    StartRead(&reading_->message());
  }

  void Reply(std::unique_ptr<Item> item) ABSL_LOCKS_EXCLUDED(mu_) {
    Item* next = nullptr;
    {
      absl::MutexLock lock(&mu_);
      outbox_.push_back(std::move(item));
      if (writing_ == nullptr) next = TakeFromOutbox();
    }
    if (next != nullptr) StartWrite(&next->reply());
  }

  Item* TakeFromOutbox() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    writing_ = std::move(outbox_.front());
    outbox_.pop_front();
    return writing_.get();
  }

  bool ShouldFinish() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return half_closed_ && outstanding_ == 0;
  }

  const Backend backend_;
  const absl::StatusOr<std::string> caller_;
  const Instant deadline_;
  const int limit_;
  std::atomic<bool> cancelled_ = false;
  std::unique_ptr<Item> reading_;  // By the one outstanding read.

  absl::Mutex mu_;
  std::deque<std::unique_ptr<Item>> outbox_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<Item> writing_ ABSL_GUARDED_BY(mu_);
  int outstanding_ ABSL_GUARDED_BY(mu_) = 0;
  bool paused_ ABSL_GUARDED_BY(mu_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace

grpc::ServerBidiReactor<v1::ScoreStreamRequest, v1::ScoreStreamResponse>*
NewScoreStream(const Backend& backend, grpc::CallbackServerContext* context) {
  return new ScoreStream(backend, context);
}

}  // namespace scoreserve
