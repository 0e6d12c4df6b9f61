#include "client/src/example_stream_call.h"

#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "client/src/call_context.h"
#include "client/src/example_session.h"
#include "client/src/retries.h"
#include "client/src/status_codec.h"
#include "scoreserve/errors.h"
#include "scoreserve/v1/training.grpc.pb.h"

namespace scoreserve {
inline namespace client {
namespace {

using Stream = grpc::ClientReaderWriter<v1::StreamExamplesRequest,
                                        v1::StreamExamplesResponse>;

// One thread writes, and asks the source; another reads the answers of the
// stream that is open.
class Sender {
 public:
  Sender(const std::shared_ptr<grpc::Channel>& channel,
         const ClientOptions& options, const std::string& name,
         const ExampleSource& source, const ExampleObserver& observer,
         const CallOptions& call)
      : stub_(channel),
        options_(options),
        source_(source),
        observer_(observer),
        call_(call),
        retries_(options, call, absl::Now()),
        session_(name, options.max_message_bytes) {}

  absl::StatusOr<int64_t> Run() {
    while (true) {
      const absl::Status status = RunStream();
      if (status.ok()) return acknowledged();
      if (!GoesOn(status)) return status;
      if (observer_.on_resume) {
        observer_.on_resume(retries_.failures(), status);
      }
      Wait(retries_.Pause(status, absl::Now()), call_);
    }
  }

 private:
  // One stream, until all has been sent or it ends.
  absl::Status RunStream() {
    CallContext context(options_, options_.stream_timeout,
                        retries_.call(absl::Now()));
    const std::unique_ptr<Stream> stream = stub_.StreamExamples(context.get());
    v1::StreamExamplesResponse answer;
    absl::Status broken;
    if (stream->Write(*Question()) && stream->Read(&answer)) {
      broken = Begin(answer.acknowledged());
      std::thread reader([&] { ReadAnswers(*stream); });
      if (broken.ok()) broken = WriteAll(*stream);
      if (!broken.ok()) context.get()->TryCancel();
      reader.join();
    }
    const absl::Status ended = FromGrpc(stream->Finish());
    return broken.ok() ? ended : broken;
  }

  void ReadAnswers(Stream& stream) ABSL_LOCKS_EXCLUDED(mu_) {
    v1::StreamExamplesResponse answer;
    while (stream.Read(&answer)) {
      {
        absl::MutexLock lock(&mu_);
        progress_ |= session_.Acknowledge(answer.acknowledged());
      }
      Tell(answer.acknowledged());
    }
    absl::MutexLock lock(&mu_);
    ended_ = true;
  }

  // Returns what the source, or its rows, did wrong. Why the stream ended is
  // told by its status.
  absl::Status WriteAll(Stream& stream) {
    while (true) {
      absl::StatusOr<ExampleSession::Message> message = Next();
      if (!message.ok()) return message.status();
      if (*message == nullptr) break;
      if (!stream.Write(**message)) return absl::OkStatus();
    }
    stream.WritesDone();
    return absl::OkStatus();
  }

  // The next message of this stream; null where there is none, or it has ended.
  absl::StatusOr<ExampleSession::Message> Next() ABSL_LOCKS_EXCLUDED(mu_) {
    int64_t row = 0;
    {
      absl::MutexLock lock(&mu_);
      ExampleSession::Message kept = session_.Unsent();
      if (kept != nullptr) return kept;
      mu_.Await(absl::Condition(this, &Sender::HasRoomOrEnded));
      if (ended_ || exhausted_) return nullptr;
      row = session_.next_row();
    }
    const absl::StatusOr<ExampleRows> rows = source_(row);
    if (!rows.ok()) return rows.status();
    absl::MutexLock lock(&mu_);
    exhausted_ = rows->rows == 0;
    if (exhausted_) return nullptr;
    absl::Status added = session_.Add(*rows);
    if (!added.ok()) return added;
    return session_.Unsent();
  }

  bool HasRoomOrEnded() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return ended_ || session_.has_room();
  }

  ExampleSession::Message Question() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    ended_ = false;
    return session_.Question();
  }

  absl::Status Begin(int64_t rows) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::Status begun;
    {
      absl::MutexLock lock(&mu_);
      const int64_t before = session_.acknowledged();
      begun = session_.Begin(rows);
      progress_ |= session_.acknowledged() > before;
    }
    if (begun.ok()) Tell(rows);
    return begun;
  }

  void Tell(int64_t rows) {
    if (observer_.on_acknowledged) observer_.on_acknowledged(rows);
  }

  bool GoesOn(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_) {
    // A quota stays reached, and what a full disk has refused is worth trying.
    if (!retries_.Passes(status) ||
        DetailsOf(status).reason == "QUOTA_REACHED") {
      return false;
    }
    absl::MutexLock lock(&mu_);
    if (std::exchange(progress_, false)) retries_.Progress();
    return retries_.Fail();
  }

  int64_t acknowledged() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return session_.acknowledged();
  }

  v1::FineTuning::Stub stub_;
  const ClientOptions options_;
  const ExampleSource& source_;
  const ExampleObserver& observer_;
  const CallOptions call_;
  Retries retries_;

  absl::Mutex mu_;
  ExampleSession session_ ABSL_GUARDED_BY(mu_);
  bool ended_ ABSL_GUARDED_BY(mu_) = false;      // No more answers come.
  bool progress_ ABSL_GUARDED_BY(mu_) = false;   // Since the last failure.
  bool exhausted_ ABSL_GUARDED_BY(mu_) = false;  // The source.
};

}  // namespace

absl::StatusOr<int64_t> SendExamples(
    const std::shared_ptr<grpc::Channel>& channel, const ClientOptions& options,
    const std::string& name, const ExampleSource& source,
    const ExampleObserver& observer, const CallOptions& call) {
  return Sender(channel, options, name, source, observer, call).Run();
}

}  // namespace client
}  // namespace scoreserve
