#include "client/src/sample_call.h"

#include <grpcpp/alarm.h>
#include <grpcpp/support/client_callback.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "client/src/call_context.h"
#include "client/src/callback_threads.h"
#include "client/src/retries.h"
#include "client/src/sample_codec.h"
#include "client/src/sample_session.h"
#include "client/src/status_codec.h"

namespace scoreserve {
inline namespace client {
namespace {

// How long a wait may go on once its call was cancelled.
constexpr absl::Duration kPatience = absl::Milliseconds(50);

// The streams of one run, one after the other, read by gRPC's threads; goes
// away with the last.
class LaterRun : public std::enable_shared_from_this<LaterRun> {
 public:
  LaterRun(const std::shared_ptr<grpc::Channel>& channel,
           const ClientOptions& options, v1::SampleRequest request,
           SampleObserver observer, Callback<Samples> done,
           const CallOptions& call)
      : stub_(channel),
        options_(options),
        call_(call),
        session_(std::move(request), std::move(observer), options, call,
                 absl::Now()),
        done_(std::move(done)) {}

  void Open();

 private:
  class Reactor;

  void Ended(const absl::Status& status) {
    const std::optional<absl::Duration> wait =
        session_.Next(status, absl::Now());
    if (!wait.has_value()) return done_(session_.End());
    WaitUntil(absl::Now() + *wait);
  }

  // Opens the next stream then, or at once where the call is cancelled: the
  // stream says so.
  void WaitUntil(absl::Time time) {
    const absl::Time now = absl::Now();
    const bool cancelled =
        call_.cancellation.has_value() && call_.cancellation->cancelled();
    if (time <= now || cancelled) return Open();
    alarm_ = std::make_unique<grpc::Alarm>();
    alarm_->Set(absl::ToChronoTime(std::min(time, now + kPatience)),
                // Let go of, or alarm and run would keep each other.
                [self = shared_from_this(), time](bool) mutable {
                  std::exchange(self, nullptr)->WaitUntil(time);
                });
  }

  v1::Sampling::Stub stub_;  // Its own: the Client may be gone.
  const ClientOptions options_;
  const CallOptions call_;
  SampleSession session_;
  const Callback<Samples> done_;
  std::unique_ptr<grpc::Alarm> alarm_;
};

// Reads the frames of one stream and deletes itself when it is over.
class LaterRun::Reactor final
    : public grpc::ClientReadReactor<v1::SampleResponse> {
 public:
  explicit Reactor(std::shared_ptr<LaterRun> run)
      : run_(std::move(run)),
        context_(run_->options_, run_->options_.stream_timeout,
                 run_->session_.call(absl::Now())) {
    run_->stub_.async()->Sample(context_.get(), &run_->session_.request(),
                                this);
    StartRead(&frame_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (broken_.ok()) {
      broken_ = run_->session_.Take(frame_);
      if (!broken_.ok()) context_.get()->TryCancel();
    }
    StartRead(&frame_);
  }

  void OnDone(const grpc::Status& status) override {
    const absl::Status ended = broken_.ok() ? FromGrpc(status) : broken_;
    const std::shared_ptr<LaterRun> run = std::move(run_);
    delete this;
    run->Ended(ended);
  }

 private:
  std::shared_ptr<LaterRun> run_;
  CallContext context_;
  v1::SampleResponse frame_;
  absl::Status broken_;  // What was wrong with the frames.
};

void LaterRun::Open() { new Reactor(shared_from_this()); }

// One stream, read by this thread: how it ended, or what was wrong with it.
absl::Status Read(v1::Sampling::Stub& stub, const ClientOptions& options,
                  SampleSession& session) {
  CallContext context(options, options.stream_timeout,
                      session.call(absl::Now()));
  const v1::SampleRequest request = session.request();
  const std::unique_ptr<grpc::ClientReader<v1::SampleResponse>> reader =
      stub.Sample(context.get(), request);
  absl::Status broken;
  v1::SampleResponse frame;
  while (broken.ok() && reader->Read(&frame)) broken = session.Take(frame);
  if (!broken.ok()) context.get()->TryCancel();
  while (reader->Read(&frame)) {
  }
  const absl::Status status = FromGrpc(reader->Finish());
  return broken.ok() ? status : broken;
}

}  // namespace

absl::StatusOr<Samples> SampleNow(const std::shared_ptr<grpc::Channel>& channel,
                                  const ClientOptions& options,
                                  const SampleQuery& query,
                                  const SampleObserver& observer,
                                  const CallOptions& call) {
  v1::Sampling::Stub stub(channel);
  v1::SampleRequest request;
  absl::Status encoded =
      EncodeSample(query, options.max_message_bytes, &request);
  if (!encoded.ok()) return encoded;
  SampleSession session(std::move(request), observer, options, call,
                        absl::Now());
  while (true) {
    const absl::Status status = Read(stub, options, session);
    const std::optional<absl::Duration> wait =
        session.Next(status, absl::Now());
    if (!wait.has_value()) return session.End();
    Wait(*wait, call);
  }
}

void SampleLater(const std::shared_ptr<grpc::Channel>& channel,
                 const ClientOptions& options, const SampleQuery& query,
                 SampleObserver observer, Callback<Samples> done,
                 const CallOptions& call) {
  v1::SampleRequest request;
  absl::Status encoded =
      EncodeSample(query, options.max_message_bytes, &request);
  if (!encoded.ok()) return done(encoded);
  KeepCallbackThreads();
  std::make_shared<LaterRun>(channel, options, std::move(request),
                             std::move(observer), std::move(done), call)
      ->Open();
}

}  // namespace client
}  // namespace scoreserve
