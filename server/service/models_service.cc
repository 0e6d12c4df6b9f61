#include "server/service/models_service.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scoreserve/v1/models.grpc.pb.h"
#include "server/service/caller.h"
#include "server/service/model_codec.h"
#include "server/service/request_codec.h"
#include "server/service/unary_call.h"

namespace scoreserve {
namespace {

class ModelsService final : public v1::Models::CallbackService {
 public:
  explicit ModelsService(const Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* ListModels(
      grpc::CallbackServerContext* context, const v1::ListModelsRequest*,
      v1::ListModelsResponse* response) override {
    const UnaryCall call(backend_, context, "ListModels");
    const absl::StatusOr<std::string> caller =
        CallerOf(*context, *backend_.proxies);
    if (!caller.ok()) return call.End("unknown", caller.status());
    const std::shared_ptr<const ModelTable> table = backend_.registry->table();
    for (const auto& [name, entry] : *table) {
      const auto model = backend_.registry->Find(
          {.name = name, .version = {}, .alias = {}}, *caller);
      EncodeModel(name, entry, model.ok() ? model->get() : nullptr,
                  *backend_.engine, response->add_models());
    }
    return call.End("unknown", absl::OkStatus());
  }

  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context,
                                     const v1::GetModelRequest* request,
                                     v1::GetModelResponse* response) override {
    const UnaryCall call(backend_, context, "GetModel");
    const absl::StatusOr<ModelSelector> selector =
        DecodeModelRef(request->model());
    if (!selector.ok()) return call.End("unknown", selector.status());
    const absl::StatusOr<std::string> caller =
        CallerOf(*context, *backend_.proxies);
    if (!caller.ok()) return call.End("unknown", caller.status());
    const auto model = backend_.registry->Find(*selector, *caller);
    if (!model.ok()) return call.End("unknown", model.status());
    const std::shared_ptr<const ModelTable> table = backend_.registry->table();
    const auto entry = table->find(selector->name);
    EncodeModel(selector->name,
                entry == table->end() ? ModelEntry() : entry->second,
                model->get(), *backend_.engine, response->mutable_model());
    return call.End(selector->name, absl::OkStatus());
  }

 private:
  const Backend backend_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewModelsService(const Backend& backend) {
  return std::make_unique<ModelsService>(backend);
}

}  // namespace scoreserve
