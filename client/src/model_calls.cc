#include "client/src/model_calls.h"

#include <utility>

#include "absl/synchronization/notification.h"
#include "client/src/download.h"
#include "client/src/health.h"
#include "client/src/model_codec.h"
#include "client/src/unary_call.h"

namespace scoreserve {
inline namespace client {
namespace {

absl::StatusOr<std::vector<ModelInfo>> Models(
    const v1::ListModelsResponse& response) {
  return DecodeModels(response);
}

absl::StatusOr<ModelInfo> Model(const v1::GetModelResponse& response) {
  return DecodeModel(response.model());
}

absl::StatusOr<ModelInfo> Updated(const v1::UpdateModelResponse& response) {
  return DecodeModel(response.model());
}

}  // namespace

ModelCalls::ModelCalls(const ClientOptions& options,
                       const std::shared_ptr<grpc::Channel>& calls,
                       const StreamChannels& streams)
    : FineTuningCalls(options, calls, streams),
      options_(options),
      calls_(calls),
      streams_(streams),
      models_(calls_),
      admin_(calls_) {}

absl::StatusOr<bool> ModelCalls::Serving(const CallOptions& call) {
  absl::StatusOr<bool> serving;
  absl::Notification answered;
  ServingAsync(
      [&](absl::StatusOr<bool> answer) {
        serving = std::move(answer);
        answered.Notify();
      },
      call);
  answered.WaitForNotification();
  return serving;
}

void ModelCalls::ServingAsync(Callback<bool> done, const CallOptions& call) {
  CheckServing(calls_, options_, call, std::move(done));
}

absl::StatusOr<std::vector<ModelInfo>> ModelCalls::ListModels(
    const CallOptions& call) {
  return CallNow<v1::ListModelsResponse>(
      options_, call,
      [&](auto* context, auto* response) {
        return models_.ListModels(context, {}, response);
      },
      Models);
}

void ModelCalls::ListModelsAsync(Callback<std::vector<ModelInfo>> done,
                                 const CallOptions& call) {
  CallLater<v1::ListModelsResponse>(
      options_, call, v1::ListModelsRequest(),
      [&](auto... args) { models_.async()->ListModels(std::move(args)...); },
      Models, std::move(done));
}

absl::StatusOr<ModelInfo> ModelCalls::GetModel(const ModelRef& model,
                                               const CallOptions& call) {
  v1::GetModelRequest request;
  absl::Status encoded = EncodeModelRef(model, request.mutable_model());
  if (!encoded.ok()) return encoded;
  return CallNow<v1::GetModelResponse>(
      options_, call,
      [&](auto* context, auto* response) {
        return models_.GetModel(context, request, response);
      },
      Model);
}

void ModelCalls::GetModelAsync(const ModelRef& model, Callback<ModelInfo> done,
                               const CallOptions& call) {
  v1::GetModelRequest request;
  absl::Status encoded = EncodeModelRef(model, request.mutable_model());
  if (!encoded.ok()) return done(encoded);
  CallLater<v1::GetModelResponse>(
      options_, call, std::move(request),
      [&](auto... args) { models_.async()->GetModel(std::move(args)...); },
      Model, std::move(done));
}

absl::StatusOr<ModelInfo> ModelCalls::UpdateModel(const ModelUpdate& update,
                                                  const CallOptions& call) {
  const v1::UpdateModelRequest request = EncodeUpdate(update);
  return CallNow<v1::UpdateModelResponse>(
      options_, call,
      [&](auto* context, auto* response) {
        return admin_.UpdateModel(context, request, response);
      },
      Updated);
}

void ModelCalls::UpdateModelAsync(const ModelUpdate& update,
                                  Callback<ModelInfo> done,
                                  const CallOptions& call) {
  CallLater<v1::UpdateModelResponse>(
      options_, call, EncodeUpdate(update),
      [&](auto... args) { admin_.async()->UpdateModel(std::move(args)...); },
      Updated, std::move(done));
}

absl::StatusOr<DownloadedVersion> ModelCalls::DownloadVersion(
    const ModelRef& model, const std::string& folder, const CallOptions& call) {
  return DownloadNow(streams_.Lease(), options_, model, folder, call);
}

}  // namespace client
}  // namespace scoreserve
