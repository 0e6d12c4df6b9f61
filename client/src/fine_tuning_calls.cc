#include "client/src/fine_tuning_calls.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/src/example_stream_call.h"
#include "client/src/fine_tune_codec.h"
#include "client/src/fine_tune_watch.h"
#include "client/src/unary_call.h"

namespace scoreserve {
inline namespace client {
namespace {

using Stub = v1::FineTuning::Stub;
using AsyncStub = v1::FineTuning::StubInterface::async_interface;

// The generated methods, blocking and asynchronous, of one call.
template <typename Request, typename Response>
using NowMethod = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&,
                                         Response*);
template <typename Request, typename Response>
using LaterMethod = void (AsyncStub::*)(grpc::ClientContext*, const Request*,
                                        Response*,
                                        std::function<void(grpc::Status)>);

template <typename Request, typename Response, typename Decode>
auto Now(const ClientOptions& options, const CallOptions& call, Stub& stub,
         NowMethod<Request, Response> method, const Request& request,
         Decode decode) {
  return CallNow<Response>(
      options, call,
      [&](grpc::ClientContext* context, Response* response) {
        return (stub.*method)(context, request, response);
      },
      decode);
}

template <typename Request, typename Response, typename Decode, typename Result>
void Later(const ClientOptions& options, const CallOptions& call, Stub& stub,
           LaterMethod<Request, Response> method, Request request,
           Decode decode, Callback<Result> done) {
  CallLater<Response>(
      options, call, std::move(request),
      [&](auto... args) { (stub.async()->*method)(std::move(args)...); },
      decode, std::move(done));
}

// What responses hold.
template <typename Response>
absl::StatusOr<FineTune> Job(const Response& response) {
  return DecodeFineTune(response.fine_tune());
}

absl::StatusOr<std::vector<FineTune>> Jobs(
    const v1::ListFineTunesResponse& response) {
  return DecodeFineTunes(response);
}

absl::StatusOr<ObjectiveList> Objectives(
    const v1::ListObjectivesResponse& response) {
  return DecodeObjectives(response);
}

absl::StatusOr<bool> Deleted(const v1::DeleteFineTuneResponse&) { return true; }

template <typename Request>
Request Named(const std::string& name) {
  Request request;
  request.set_name(name);
  return request;
}

v1::ListFineTunesRequest OfModel(const std::string& model) {
  v1::ListFineTunesRequest request;
  if (!model.empty()) request.set_parent(absl::StrCat("models/", model));
  return request;
}

absl::StatusOr<v1::CreateFineTuneRequest> CreateRequest(
    const std::string& id, const FineTuneSpec& spec) {
  v1::CreateFineTuneRequest request;
  request.set_fine_tune_id(id);
  absl::Status encoded = EncodeFineTuneSpec(spec, request.mutable_spec());
  if (!encoded.ok()) return encoded;
  return request;
}

}  // namespace

FineTuningCalls::FineTuningCalls(const ClientOptions& options,
                                 const std::shared_ptr<grpc::Channel>& calls,
                                 const StreamChannels& streams)
    : options_(options), streams_(streams), stub_(calls) {}

absl::StatusOr<FineTune> FineTuningCalls::CreateFineTune(
    const std::string& id, const FineTuneSpec& spec, const CallOptions& call) {
  const auto request = CreateRequest(id, spec);
  if (!request.ok()) return request.status();
  return Now(options_, call, stub_, &Stub::CreateFineTune, *request,
             Job<v1::CreateFineTuneResponse>);
}

void FineTuningCalls::CreateFineTuneAsync(const std::string& id,
                                          const FineTuneSpec& spec,
                                          Callback<FineTune> done,
                                          const CallOptions& call) {
  auto request = CreateRequest(id, spec);
  if (!request.ok()) return done(request.status());
  Later<v1::CreateFineTuneRequest, v1::CreateFineTuneResponse>(
      options_, call, stub_, &AsyncStub::CreateFineTune, *std::move(request),
      Job<v1::CreateFineTuneResponse>, std::move(done));
}

absl::StatusOr<FineTune> FineTuningCalls::GetFineTune(const std::string& name,
                                                      const CallOptions& call) {
  return Now(options_, call, stub_, &Stub::GetFineTune,
             Named<v1::GetFineTuneRequest>(name), Job<v1::GetFineTuneResponse>);
}

void FineTuningCalls::GetFineTuneAsync(const std::string& name,
                                       Callback<FineTune> done,
                                       const CallOptions& call) {
  Later<v1::GetFineTuneRequest, v1::GetFineTuneResponse>(
      options_, call, stub_, &AsyncStub::GetFineTune,
      Named<v1::GetFineTuneRequest>(name), Job<v1::GetFineTuneResponse>,
      std::move(done));
}

absl::StatusOr<FineTune> FineTuningCalls::PauseFineTune(
    const std::string& name, const CallOptions& call) {
  return Now(options_, call, stub_, &Stub::PauseFineTune,
             Named<v1::PauseFineTuneRequest>(name),
             Job<v1::PauseFineTuneResponse>);
}

void FineTuningCalls::PauseFineTuneAsync(const std::string& name,
                                         Callback<FineTune> done,
                                         const CallOptions& call) {
  Later<v1::PauseFineTuneRequest, v1::PauseFineTuneResponse>(
      options_, call, stub_, &AsyncStub::PauseFineTune,
      Named<v1::PauseFineTuneRequest>(name), Job<v1::PauseFineTuneResponse>,
      std::move(done));
}

absl::StatusOr<FineTune> FineTuningCalls::ResumeFineTune(
    const std::string& name, const CallOptions& call) {
  return Now(options_, call, stub_, &Stub::ResumeFineTune,
             Named<v1::ResumeFineTuneRequest>(name),
             Job<v1::ResumeFineTuneResponse>);
}

void FineTuningCalls::ResumeFineTuneAsync(const std::string& name,
                                          Callback<FineTune> done,
                                          const CallOptions& call) {
  Later<v1::ResumeFineTuneRequest, v1::ResumeFineTuneResponse>(
      options_, call, stub_, &AsyncStub::ResumeFineTune,
      Named<v1::ResumeFineTuneRequest>(name), Job<v1::ResumeFineTuneResponse>,
      std::move(done));
}

absl::StatusOr<FineTune> FineTuningCalls::CancelFineTune(
    const std::string& name, const CallOptions& call) {
  return Now(options_, call, stub_, &Stub::CancelFineTune,
             Named<v1::CancelFineTuneRequest>(name),
             Job<v1::CancelFineTuneResponse>);
}

void FineTuningCalls::CancelFineTuneAsync(const std::string& name,
                                          Callback<FineTune> done,
                                          const CallOptions& call) {
  Later<v1::CancelFineTuneRequest, v1::CancelFineTuneResponse>(
      options_, call, stub_, &AsyncStub::CancelFineTune,
      Named<v1::CancelFineTuneRequest>(name), Job<v1::CancelFineTuneResponse>,
      std::move(done));
}

absl::StatusOr<std::vector<FineTune>> FineTuningCalls::ListFineTunes(
    const std::string& model, const CallOptions& call) {
  return Now(options_, call, stub_, &Stub::ListFineTunes, OfModel(model), Jobs);
}

void FineTuningCalls::ListFineTunesAsync(const std::string& model,
                                         Callback<std::vector<FineTune>> done,
                                         const CallOptions& call) {
  Later<v1::ListFineTunesRequest, v1::ListFineTunesResponse>(
      options_, call, stub_, &AsyncStub::ListFineTunes, OfModel(model), Jobs,
      std::move(done));
}

absl::Status FineTuningCalls::DeleteFineTune(const std::string& name,
                                             const CallOptions& call) {
  return Now(options_, call, stub_, &Stub::DeleteFineTune,
             Named<v1::DeleteFineTuneRequest>(name), Deleted)
      .status();
}

void FineTuningCalls::DeleteFineTuneAsync(
    const std::string& name, std::function<void(absl::Status)> done,
    const CallOptions& call) {
  Later<v1::DeleteFineTuneRequest, v1::DeleteFineTuneResponse>(
      options_, call, stub_, &AsyncStub::DeleteFineTune,
      Named<v1::DeleteFineTuneRequest>(name), Deleted,
      Callback<bool>(
          [done = std::move(done)](const absl::StatusOr<bool>& deleted) {
            done(deleted.status());
          }));
}

absl::StatusOr<ObjectiveList> FineTuningCalls::ListObjectives(
    const CallOptions& call) {
  return Now(options_, call, stub_, &Stub::ListObjectives,
             v1::ListObjectivesRequest(), Objectives);
}

void FineTuningCalls::ListObjectivesAsync(Callback<ObjectiveList> done,
                                          const CallOptions& call) {
  Later<v1::ListObjectivesRequest, v1::ListObjectivesResponse>(
      options_, call, stub_, &AsyncStub::ListObjectives,
      v1::ListObjectivesRequest(), Objectives, std::move(done));
}

absl::StatusOr<int64_t> FineTuningCalls::StreamExamples(
    const std::string& name, const ExampleSource& source,
    const ExampleObserver& observer, const CallOptions& call) {
  return SendExamples(streams_.Lease(), options_, name, source, observer, call);
}

absl::StatusOr<FineTune> FineTuningCalls::WatchFineTune(
    const std::string& name, const FineTuneObserver& observer,
    const CallOptions& call) {
  return WatchUntilEnd(streams_.Lease(), options_, name, observer, call);
}

}  // namespace client
}  // namespace scoreserve
