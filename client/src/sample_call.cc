#include "client/src/sample_call.h"

#include <grpcpp/support/client_callback.h>

#include <memory>
#include <utility>

#include "client/src/call_context.h"
#include "client/src/callback_threads.h"
#include "client/src/sample_assembler.h"
#include "client/src/sample_codec.h"
#include "client/src/status_codec.h"

namespace scoreserve {
inline namespace client {
namespace {

// Reads the frames of one run and deletes itself when it is over.
class SampleReactor final : public grpc::ClientReadReactor<v1::SampleResponse> {
 public:
  SampleReactor(v1::Sampling::Stub& stub, const ClientOptions& options,
                v1::SampleRequest request, SampleObserver observer,
                Callback<Samples> done, const CallOptions& call)
      : context_(options, options.stream_timeout, call),
        request_(std::move(request)),
        assembler_(std::move(observer), request_.rows()),
        done_(std::move(done)) {
    stub.async()->Sample(context_.get(), &request_, this);
    StartRead(&frame_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (broken_.ok()) {
      broken_ = assembler_.Take(frame_);
      if (!broken_.ok()) context_.get()->TryCancel();
    }
    StartRead(&frame_);
  }

  void OnDone(const grpc::Status& status) override {
    done_(assembler_.End(broken_.ok() ? FromGrpc(status) : broken_));
    delete this;
  }

 private:
  CallContext context_;
  const v1::SampleRequest request_;
  SampleAssembler assembler_;
  const Callback<Samples> done_;
  v1::SampleResponse frame_;
  absl::Status broken_;  // What was wrong with the frames.
};

}  // namespace

absl::StatusOr<Samples> SampleNow(v1::Sampling::Stub& stub,
                                  const ClientOptions& options,
                                  const SampleQuery& query,
                                  const SampleObserver& observer,
                                  const CallOptions& call) {
  v1::SampleRequest request;
  absl::Status encoded =
      EncodeSample(query, options.max_message_bytes, &request);
  if (!encoded.ok()) return encoded;
  CallContext context(options, options.stream_timeout, call);
  const std::unique_ptr<grpc::ClientReader<v1::SampleResponse>> reader =
      stub.Sample(context.get(), request);
  SampleAssembler assembler(observer, query.rows);
  absl::Status broken;
  v1::SampleResponse frame;
  while (broken.ok() && reader->Read(&frame)) broken = assembler.Take(frame);
  if (!broken.ok()) context.get()->TryCancel();
  while (reader->Read(&frame)) {
  }
  const absl::Status status = FromGrpc(reader->Finish());
  return assembler.End(broken.ok() ? status : broken);
}

void SampleLater(v1::Sampling::Stub& stub, const ClientOptions& options,
                 const SampleQuery& query, SampleObserver observer,
                 Callback<Samples> done, const CallOptions& call) {
  v1::SampleRequest request;
  absl::Status encoded =
      EncodeSample(query, options.max_message_bytes, &request);
  if (!encoded.ok()) return done(encoded);
  KeepCallbackThreads();
  new SampleReactor(stub, options, std::move(request), std::move(observer),
                    std::move(done), call);
}

}  // namespace client
}  // namespace scoreserve
