#include "server/service/model_admin_service.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scoreserve/v1/model_admin.grpc.pb.h"
#include "server/service/caller.h"
#include "server/service/download_call.h"
#include "server/service/model_codec.h"
#include "server/service/model_update.h"
#include "server/service/unary_call.h"

namespace scoreserve {
namespace {

class ModelAdminService final : public v1::ModelAdmin::CallbackService {
 public:
  explicit ModelAdminService(const Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* UpdateModel(
      grpc::CallbackServerContext* context,
      const v1::UpdateModelRequest* request,
      v1::UpdateModelResponse* response) override {
    const UnaryCall call(backend_, context, "UpdateModel");
    const absl::StatusOr<std::string> caller =
        CallerOf(*context, *backend_.proxies);
    absl::Status checked = caller.status();
    checked.Update(CheckUpdate(*request));
    if (!checked.ok()) return call.End("unknown", checked);
    backend_.worker->Post([=, this, caller = *caller] {
      const absl::Status updated = scoreserve::UpdateModel(backend_, *request);
      if (updated.ok()) Encode(request->name(), caller, response);
      call.End(updated.ok() ? request->name() : "unknown", updated);
    });
    return call.reactor();
  }

  grpc::ServerWriteReactor<v1::DownloadVersionResponse>* DownloadVersion(
      grpc::CallbackServerContext* context,
      const v1::DownloadVersionRequest* request) override {
    return NewDownloadCall(backend_, context, *request);
  }

 private:
  void Encode(const std::string& name, const std::string& caller,
              v1::UpdateModelResponse* response) const {
    const std::shared_ptr<const ModelTable> table = backend_.registry->table();
    const auto entry = table->find(name);
    if (entry == table->end()) return;  // Deleted since.
    const auto model = backend_.registry->Find(
        {.name = name, .version = {}, .alias = {}}, caller);
    EncodeModel(name, entry->second, model.ok() ? model->get() : nullptr,
                *backend_.engine, response->mutable_model());
  }

  const Backend backend_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewModelAdminService(const Backend& backend) {
  return std::make_unique<ModelAdminService>(backend);
}

}  // namespace scoreserve
