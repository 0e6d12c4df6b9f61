#include "client/src/model_codec.h"

#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/src/status_codec.h"

namespace scoreserve {
inline namespace client {
namespace {

LabelType DecodeLabelType(v1::LabelKind kind) {
  switch (kind) {
    case v1::LABEL_KIND_NOISE_LEVEL:
      return LabelType::kNoiseLevel;
    case v1::LABEL_KIND_TIME:
      return LabelType::kTime;
    default:
      return LabelType::kNone;
  }
}

DataInfo DecodeData(const v1::DataSpace& wire) {
  DataInfo data;
  data.shape.assign(wire.shape().begin(), wire.shape().end());
  data.offset = wire.offset();
  data.scale = wire.scale();
  if (wire.has_min()) data.min = wire.min();
  if (wire.has_max()) data.max = wire.max();
  return data;
}

}  // namespace

int64_t ModelInfo::dim() const {
  int64_t dim = 1;
  for (const int64_t size : data.shape) dim *= size;
  return dim;
}

absl::StatusOr<ModelRef> ParseModelRef(absl::string_view text) {
  const size_t at = text.find('@');
  ModelRef model = {.name = std::string(text.substr(0, at))};
  if (model.name.empty() || at + 1 == text.size()) {
    return InvalidField("model", "NAME, NAME@VERSION or NAME@ALIAS",
                        absl::StrCat("'", text, "'"));
  }
  if (at == absl::string_view::npos) return model;
  const absl::string_view which = text.substr(at + 1);
  if (which.find_first_not_of("+-0123456789") != absl::string_view::npos) {
    model.alias = std::string(which);
    return model;
  }
  int64_t version = 0;
  if (!absl::SimpleAtoi(which, &version) || version < 1) {
    return InvalidField("model.version", "a positive 64-bit integer",
                        absl::StrCat("'", which, "'"));
  }
  model.version = version;
  return model;
}

absl::Status EncodeModelRef(const ModelRef& model, v1::ModelRef* wire) {
  if (model.version.has_value() && model.alias.has_value()) {
    return InvalidField("model",
                        "named with a version or an alias, not with both",
                        absl::StrCat("version ", *model.version, " and alias '",
                                     *model.alias, "'"));
  }
  wire->set_name(model.name);
  if (model.version.has_value()) wire->set_version(*model.version);
  if (model.alias.has_value()) wire->set_alias(*model.alias);
  return absl::OkStatus();
}

ModelInfo DecodeModel(const v1::Model& wire) {
  ModelInfo model = {
      .name = wire.name(),
      .version = wire.version(),
      .aliases = {wire.aliases().begin(), wire.aliases().end()},
      .network = wire.network(),
      .num_parameters = wire.num_parameters(),
      .label = DecodeLabelType(wire.label().kind()),
      .label_min = wire.label().min(),
      .label_max = wire.label().max(),
      .data = DecodeData(wire.data()),
      .description = wire.description(),
      .max_rows = wire.max_rows(),
      .versions = {wire.versions().begin(), wire.versions().end()},
      .refused = {},
      .classes = wire.classes(),
      .process = wire.process(),
      .has_energy = wire.has_energy(),
      .numerics = wire.numerics(),
      .all_aliases = {wire.all_aliases().begin(), wire.all_aliases().end()},
      .generation = wire.generation(),
      .canary_share = wire.canary_share(),
      .keep = {}};
  if (wire.has_keep()) model.keep = wire.keep();
  for (const v1::RefusedVersion& refused : wire.refused()) {
    model.refused.push_back(
        {.version = refused.version(), .why = refused.why()});
  }
  return model;
}

v1::UpdateModelRequest EncodeUpdate(const ModelUpdate& update) {
  v1::UpdateModelRequest wire;
  wire.set_name(update.model);
  wire.mutable_set_aliases()->insert(update.set_aliases.begin(),
                                     update.set_aliases.end());
  wire.mutable_clear_aliases()->Assign(update.clear_aliases.begin(),
                                       update.clear_aliases.end());
  if (update.canary_share.has_value()) {
    wire.set_canary_share(*update.canary_share);
  }
  if (update.keep.has_value()) wire.set_keep(*update.keep);
  if (update.expected_generation.has_value()) {
    wire.set_expected_generation(*update.expected_generation);
  }
  return wire;
}

std::vector<ModelInfo> DecodeModels(const v1::ListModelsResponse& wire) {
  std::vector<ModelInfo> models;
  for (const v1::Model& model : wire.models())
    models.push_back(DecodeModel(model));
  return models;
}

}  // namespace client
}  // namespace scoreserve
