#include "server/service/fine_tuning_service.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/model_repository.h"
#include "models/status.h"
#include "scoreserve/v1/training.grpc.pb.h"
#include "server/service/example_stream.h"
#include "server/service/fine_tune_codec.h"
#include "server/service/fine_tune_spec_codec.h"
#include "server/service/fine_tune_watch.h"
#include "server/service/objectives_codec.h"
#include "server/service/unary_call.h"

namespace scoreserve {
namespace {

template <typename Response>
void Encode(const FineTuneStatus& status, Response* response) {
  EncodeFineTune(status, response->mutable_fine_tune());
}
void Encode(const FineTuneStatus&, v1::DeleteFineTuneResponse*) {}

// Ends a call with a job's status.
template <typename Response>
grpc::ServerUnaryReactor* EndWith(const UnaryCall& call,
                                  const absl::StatusOr<FineTuneStatus>& status,
                                  Response* response) {
  if (!status.ok()) return call.End("unknown", status.status());
  Encode(*status, response);
  return call.End(status->spec.model, absl::OkStatus());
}

class FineTuningService final : public v1::FineTuning::CallbackService {
 public:
  explicit FineTuningService(const Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* CreateFineTune(
      grpc::CallbackServerContext* context,
      const v1::CreateFineTuneRequest* request,
      v1::CreateFineTuneResponse* response) override {
    const UnaryCall call(backend_, context, "CreateFineTune");
    const absl::StatusOr<FineTuneSpec> spec = DecodeCreate(*request);
    if (!spec.ok()) return call.End("unknown", spec.status());
    backend_.fine_tunes->Create(
        request->fine_tune_id(), *spec,
        [call, response](absl::StatusOr<FineTuneStatus> created) {
          if (FieldOf(created.status()).has_value()) {
            created = InField("spec", created.status());
          }
          EndWith(call, created, response);
        });
    return call.reactor();
  }

  grpc::ServerUnaryReactor* GetFineTune(
      grpc::CallbackServerContext* context,
      const v1::GetFineTuneRequest* request,
      v1::GetFineTuneResponse* response) override {
    const UnaryCall call(backend_, context, "GetFineTune");
    const absl::Status checked = CheckHasJobs(backend_);
    if (!checked.ok()) return call.End("unknown", checked);
    return EndWith(call, backend_.fine_tunes->Get(request->name()), response);
  }

  grpc::ServerUnaryReactor* ListFineTunes(
      grpc::CallbackServerContext* context,
      const v1::ListFineTunesRequest* request,
      v1::ListFineTunesResponse* response) override {
    const UnaryCall call(backend_, context, "ListFineTunes");
    const absl::Status checked = CheckHasJobs(backend_);
    if (!checked.ok()) return call.End("unknown", checked);
    const absl::StatusOr<std::string> model = ModelOfParent(request->parent());
    if (!model.ok()) return call.End("unknown", model.status());
    for (const FineTuneStatus& status : backend_.fine_tunes->List(*model)) {
      EncodeFineTune(status, response->add_fine_tunes());
    }
    return call.End("unknown", absl::OkStatus());
  }

  grpc::ServerUnaryReactor* PauseFineTune(
      grpc::CallbackServerContext* context,
      const v1::PauseFineTuneRequest* request,
      v1::PauseFineTuneResponse* response) override {
    return Change(UnaryCall(backend_, context, "PauseFineTune"),
                  &FineTunes::Pause, request, response);
  }

  grpc::ServerUnaryReactor* ResumeFineTune(
      grpc::CallbackServerContext* context,
      const v1::ResumeFineTuneRequest* request,
      v1::ResumeFineTuneResponse* response) override {
    return Change(UnaryCall(backend_, context, "ResumeFineTune"),
                  &FineTunes::Resume, request, response);
  }

  grpc::ServerUnaryReactor* CancelFineTune(
      grpc::CallbackServerContext* context,
      const v1::CancelFineTuneRequest* request,
      v1::CancelFineTuneResponse* response) override {
    return Change(UnaryCall(backend_, context, "CancelFineTune"),
                  &FineTunes::Cancel, request, response);
  }

  grpc::ServerUnaryReactor* DeleteFineTune(
      grpc::CallbackServerContext* context,
      const v1::DeleteFineTuneRequest* request,
      v1::DeleteFineTuneResponse* response) override {
    return Change(UnaryCall(backend_, context, "DeleteFineTune"),
                  &FineTunes::Delete, request, response);
  }

  grpc::ServerBidiReactor<v1::StreamExamplesRequest,
                          v1::StreamExamplesResponse>*
  StreamExamples(grpc::CallbackServerContext* context) override {
    return NewExampleStream(backend_, context);
  }

  grpc::ServerWriteReactor<v1::WatchFineTuneResponse>* WatchFineTune(
      grpc::CallbackServerContext* context,
      const v1::WatchFineTuneRequest* request) override {
    return NewFineTuneWatch(backend_, context, *request);
  }

  grpc::ServerUnaryReactor* ListObjectives(
      grpc::CallbackServerContext* context, const v1::ListObjectivesRequest*,
      v1::ListObjectivesResponse* response) override {
    EncodeObjectives(response);
    return UnaryCall(backend_, context, "ListObjectives")
        .End("unknown", absl::OkStatus());
  }

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Change(const UnaryCall& call,
                                   void (FineTunes::*change)(const std::string&,
                                                             FineTunes::Done),
                                   const Request* request, Response* response) {
    const absl::Status checked = CheckHasJobs(backend_);
    if (!checked.ok()) return call.End("unknown", checked);
    (backend_.fine_tunes->*change)(
        request->name(),
        [call, response](absl::StatusOr<FineTuneStatus> changed) {
          EndWith(call, changed, response);
        });
    return call.reactor();
  }

  // The whole spec of the job to be made.
  absl::StatusOr<FineTuneSpec> DecodeCreate(
      const v1::CreateFineTuneRequest& request) const {
    absl::Status checked = CheckHasJobs(backend_);
    if (!checked.ok()) return checked;
    checked = CheckModelName("fine_tune_id", request.fine_tune_id());
    if (!checked.ok()) return checked;
    absl::StatusOr<FineTuneSpec> spec = DecodeFineTuneSpec(request.spec());
    if (!spec.ok()) return InField("spec", spec.status());
    return spec;
  }

  const Backend backend_;
};

}  // namespace

absl::Status CheckHasJobs(const Backend& backend) {
  if (backend.fine_tunes != nullptr) return absl::OkStatus();
  return WithReason(
      absl::FailedPreconditionError("this server keeps no fine-tunes: it was "
                                    "started without --state-dir"),
      Reason::kNoStateFolder);
}

std::unique_ptr<grpc::Service> NewFineTuningService(const Backend& backend) {
  return std::make_unique<FineTuningService>(backend);
}

}  // namespace scoreserve
