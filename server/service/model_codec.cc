#include "server/service/model_codec.h"

#include <string>

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
    (*wire->mutable_all_aliases())[alias] = version;
  }
  wire->set_generation(entry.generation);
  wire->set_canary_share(entry.canary_share);
  if (entry.keep.has_value()) wire->set_keep(*entry.keep);
}

}  // namespace

void EncodeModel(const std::string& name, const ModelEntry& entry,
                 const ModelSnapshot* model, const Engine& engine,
                 v1::Model* wire) {
  wire->set_name(name);
  if (model != nullptr) {
    wire->set_version(model->version);
    wire->set_num_parameters(model->num_parameters);
    wire->set_precision(std::string(PrecisionName(model->precision)));
    wire->set_precision_error(model->precision_error);
    EncodeConfig(model->config, wire);
    wire->set_has_energy(model->target.has_energy);
    wire->set_numerics(engine.NumericsOf(*model));
  }
  wire->set_max_rows(engine.limits().max_query_rows);
  EncodeEntry(entry, wire);
}

}  // namespace scoreserve
