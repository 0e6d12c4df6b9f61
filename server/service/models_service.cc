#include "server/service/models_service.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scoreserve/v1/models.grpc.pb.h"
#include "server/service/caller.h"
#include "server/service/request_codec.h"
#include "server/service/status_codec.h"

namespace scoreserve {
namespace {

v1::LabelKind ToWire(LabelKind kind) {
  switch (kind) {
    case LabelKind::kNone:
      return v1::LABEL_KIND_NONE;
    case LabelKind::kNoiseLevel:
      return v1::LABEL_KIND_NOISE_LEVEL;
    case LabelKind::kTime:
      return v1::LABEL_KIND_TIME;
  }
  return v1::LABEL_KIND_UNSPECIFIED;
}

void EncodeConfig(const ModelConfig& config, v1::Model* wire) {
  wire->set_network(config.network);
  wire->set_description(config.description);
  wire->mutable_label()->set_kind(ToWire(config.label.kind));
  wire->mutable_label()->set_min(config.label.min);
  wire->mutable_label()->set_max(config.label.max);
  v1::DataSpace* data = wire->mutable_data();
  data->mutable_shape()->Assign(config.data.shape.begin(),
                                config.data.shape.end());
  data->set_offset(config.data.offset);
  data->set_scale(config.data.scale);
  if (config.data.min.has_value()) data->set_min(*config.data.min);
  if (config.data.max.has_value()) data->set_max(*config.data.max);
  wire->set_classes(config.classes);
  if (config.label.kind == LabelKind::kNoiseLevel) wire->set_process("ve");
  if (config.process.has_value()) wire->set_process(config.process->name);
}

void EncodeEntry(const ModelEntry& entry, v1::Model* wire) {
  for (const auto& [version, snapshot] : entry.versions)
    wire->add_versions(version);
  for (const auto& [version, why] : entry.refused) {
    v1::RefusedVersion* refused = wire->add_refused();
    refused->set_version(version);
    refused->set_why(why);
  }
  for (const auto& [alias, version] : entry.aliases) {
    if (version == wire->version()) wire->add_aliases(alias);
  }
}

// `model` is what a request without a version would get; null where all
// versions were refused.
void EncodeModel(const std::string& name, const ModelEntry& entry,
                 const ModelSnapshot* model, const Engine& engine,
                 v1::Model* wire) {
  wire->set_name(name);
  if (model != nullptr) {
    wire->set_version(model->version);
    wire->set_num_parameters(model->num_parameters);
    EncodeConfig(model->config, wire);
    wire->set_has_energy(model->target.has_energy);
    wire->set_numerics(engine.NumericsOf(*model));
  }
  wire->set_max_rows(engine.limits().max_query_rows);
  EncodeEntry(entry, wire);
}

class ModelsService final : public v1::Models::CallbackService {
 public:
  explicit ModelsService(const Backend& backend) : backend_(backend) {}

  grpc::ServerUnaryReactor* ListModels(
      grpc::CallbackServerContext* context, const v1::ListModelsRequest*,
      v1::ListModelsResponse* response) override {
    const absl::StatusOr<std::string> caller =
        CallerOf(*context, *backend_.proxies);
    if (!caller.ok())
      return Reply(context, "unknown", "ListModels", caller.status());
    const std::shared_ptr<const ModelTable> table = backend_.registry->table();
    for (const auto& [name, entry] : *table) {
      const auto model =
          backend_.registry->Find({.name = name, .version = {}, .alias = {}},
                                  *caller);
      EncodeModel(name, entry, model.ok() ? model->get() : nullptr,
                  *backend_.engine, response->add_models());
    }
    return Reply(context, "unknown", "ListModels", absl::OkStatus());
  }

  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context,
                                     const v1::GetModelRequest* request,
                                     v1::GetModelResponse* response) override {
    const absl::StatusOr<ModelSelector> selector =
        DecodeModelRef(request->model());
    if (!selector.ok())
      return Reply(context, "unknown", "GetModel", selector.status());
    const absl::StatusOr<std::string> caller =
        CallerOf(*context, *backend_.proxies);
    if (!caller.ok())
      return Reply(context, "unknown", "GetModel", caller.status());
    const auto model = backend_.registry->Find(*selector, *caller);
    if (!model.ok())
      return Reply(context, "unknown", "GetModel", model.status());
    const std::shared_ptr<const ModelTable> table = backend_.registry->table();
    const auto entry = table->find(selector->name);
    EncodeModel(selector->name,
                entry == table->end() ? ModelEntry() : entry->second,
                model->get(), *backend_.engine, response->mutable_model());
    return Reply(context, selector->name, "GetModel", absl::OkStatus());
  }

 private:
  grpc::ServerUnaryReactor* Reply(grpc::CallbackServerContext* context,
                                  absl::string_view model,
                                  absl::string_view method,
                                  const absl::Status& status) {
    backend_.requests->Count(model, method, status.code());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(ToGrpcStatus(status, context));
    return reactor;
  }

  const Backend backend_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewModelsService(const Backend& backend) {
  return std::make_unique<ModelsService>(backend);
}

}  // namespace scoreserve
