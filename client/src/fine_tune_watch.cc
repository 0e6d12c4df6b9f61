#include "client/src/fine_tune_watch.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/src/call_context.h"
#include "client/src/fine_tune_codec.h"
#include "client/src/retries.h"
#include "client/src/status_codec.h"
#include "scoreserve/v1/training.grpc.pb.h"

namespace scoreserve {
inline namespace client {

absl::StatusOr<FineTune> WatchUntilEnd(
    const std::shared_ptr<grpc::Channel>& channel, const ClientOptions& options,
    const std::string& name, const FineTuneObserver& observer,
    const CallOptions& call) {
  v1::FineTuning::Stub stub(channel);
  v1::WatchFineTuneRequest request;
  request.set_name(name);
  Retries retries(options, call, absl::Now());
  FineTune job;
  while (true) {
    CallContext context(options, options.stream_timeout,
                        retries.call(absl::Now()));
    const auto reader = stub.WatchFineTune(context.get(), request);
    v1::WatchFineTuneResponse frame;
    while (reader->Read(&frame)) {
      retries.Progress();
      job = DecodeFineTune(frame.fine_tune());
      if (observer.on_status) observer.on_status(job);
    }
    absl::Status status = FromGrpc(reader->Finish());
    if (HasEnded(job.state)) return job;
    if (status.ok()) {
      status = absl::UnavailableError(
          absl::StrCat("the watch of ", name, " ended before the job"));
    }
    if (!retries.Passes(status) || !retries.Fail()) return status;
    if (observer.on_resume) observer.on_resume(retries.failures(), status);
    Wait(retries.Pause(status, absl::Now()), call);
  }
}

}  // namespace client
}  // namespace scoreserve
