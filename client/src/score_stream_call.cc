#include "client/src/score_stream_call.h"

#include <grpcpp/support/client_callback.h>

#include <cstdint>
#include <deque>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "client/src/call_context.h"
#include "client/src/callback_threads.h"
#include "client/src/score_codec.h"
#include "client/src/status_codec.h"

namespace scoreserve {
inline namespace client {
namespace {

using Reactor =
    grpc::ClientBidiReactor<v1::ScoreStreamRequest, v1::ScoreStreamResponse>;

// One read is always under way until the stream has ended, and at most one
// write. Who starts a write from outside of a reaction adds a hold first, under
// the lock and only while !ended_, when that read still keeps the call alive.
class ScoreStreamCall final : public ScoreStream, private Reactor {
 public:
  ScoreStreamCall(const std::shared_ptr<grpc::Channel>& channel,
                  const ClientOptions& options, ReplyCallback on_reply,
                  const CallOptions& call)
      : stub_(channel),
        max_bytes_(options.max_message_bytes),
        on_reply_(std::move(on_reply)),
        context_(options, options.stream_timeout, call) {
    stub_.async()->ScoreStream(context_.get(), this);
    StartRead(&reply_);
    StartCall();
  }

  ~ScoreStreamCall() override {
    Cancel();
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&done_));
  }

  absl::Status Send(uint64_t id, const ScoreQuery& query) override {
    return Offer(id, query, /*wait=*/true);
  }
  absl::Status TrySend(uint64_t id, const ScoreQuery& query) override {
    return Offer(id, query, /*wait=*/false);
  }

  void Close() override ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      if (std::exchange(closed_, true) || writing_ || ended_) return;
      AddHold();
    }
    StartWritesDone();
    RemoveHold();
  }

  absl::Status Finish() override ABSL_LOCKS_EXCLUDED(mu_) {
    Close();
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&done_));
    if (!status_.ok() || outstanding_ == 0) return status_;
    return absl::InternalError(
        absl::StrCat("the server must answer every query; left ", outstanding_,
                     " unanswered"));
  }

  void Cancel() override { context_.get()->TryCancel(); }

 private:
  absl::Status Offer(uint64_t id, const ScoreQuery& query, bool wait)
      ABSL_LOCKS_EXCLUDED(mu_) {
    v1::ScoreStreamRequest request;
    request.set_id(id);
    absl::Status encoded =
        EncodeScore(query, max_bytes_, request.mutable_request());
    if (!encoded.ok()) return encoded;
    {
      absl::MutexLock lock(&mu_);
      if (wait) mu_.Await(absl::Condition(this, &ScoreStreamCall::MayGoOn));
      if (ended_) return absl::UnavailableError("the stream has ended");
      if (closed_)
        return absl::FailedPreconditionError("the stream was closed");
      if (outstanding_ >= kMaxOutstanding) {
        return absl::ResourceExhaustedError(absl::StrCat(
            kMaxOutstanding, " queries of this stream are unanswered"));
      }
      ++outstanding_;
      if (writing_) {
        waiting_.push_back(std::move(request));
        return absl::OkStatus();
      }
      writing_ = true;
      request_ = std::move(request);
      AddHold();
    }
    StartWrite(&request_);
    RemoveHold();
    return absl::OkStatus();
  }

  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_) {
    bool write = false, close = false;
    {
      absl::MutexLock lock(&mu_);
      if (!ok) ended_ = true;
      write = !ended_ && !waiting_.empty();
      close = !ended_ && !write && closed_;
      writing_ = write;
      if (write) {
        request_ = std::move(waiting_.front());
        waiting_.pop_front();
      }
    }
    if (write) StartWrite(&request_);
    if (close) StartWritesDone();
  }

  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      if (!ok) ended_ = true;
      if (ok) --outstanding_;
    }
    if (!ok) return;
    const absl::Status status = FromRpc(reply_.status());
    on_reply_(reply_.id(), status.ok() ? DecodeScore(reply_.response())
                                       : absl::StatusOr<ScoreView>(status));
    StartRead(&reply_);
  }

  void OnDone(const grpc::Status& status) override ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    status_ = FromGrpc(status);
    ended_ = true;
    done_ = true;  // The owner may destroy this from here on.
  }

  bool MayGoOn() const ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return ended_ || closed_ || outstanding_ < kMaxOutstanding;
  }

  v1::Scoring::Stub stub_;
  const int64_t max_bytes_;
  const ReplyCallback on_reply_;
  CallContext context_;
  v1::ScoreStreamResponse reply_;   // Of the read under way.
  v1::ScoreStreamRequest request_;  // Of the write under way.

  absl::Mutex mu_;
  std::deque<v1::ScoreStreamRequest> waiting_ ABSL_GUARDED_BY(mu_);
  int outstanding_ ABSL_GUARDED_BY(mu_) = 0;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;  // No more queries come.
  bool ended_ ABSL_GUARDED_BY(mu_) = false;   // Nothing can be written.
  bool done_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mu_);
};

}  // namespace

std::unique_ptr<ScoreStream> NewScoreStream(
    const std::shared_ptr<grpc::Channel>& channel, const ClientOptions& options,
    ScoreStream::ReplyCallback on_reply, const CallOptions& call) {
  KeepCallbackThreads();
  return std::make_unique<ScoreStreamCall>(channel, options,
                                           std::move(on_reply), call);
}

}  // namespace client
}  // namespace scoreserve
