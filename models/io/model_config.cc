#include "models/io/model_config.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/json.h"
#include "models/options.h"
#include "models/status.h"
#include "nlohmann/json.hpp"

namespace scoreserve {
namespace {

constexpr double kMaxClasses = 1'000'000;
constexpr const char* kLabelKinds[] = {"none", "noise_level", "time"};

absl::Status ParseShape(const Json& json, std::vector<int64_t>& shape) {
  const absl::StatusOr<const JsonArray*> sizes =
      JsonToArray(json, "data.shape");
  if (!sizes.ok()) return sizes.status();
  int64_t dim = 1;
  for (size_t i = 0; i < (*sizes)->size(); ++i) {
    const std::string path = absl::StrCat("data.shape[", i, "]");
    const absl::StatusOr<OptionValue> value =
        JsonToOptionValue((**sizes)[i], path);
    if (!value.ok()) return value.status();
    int64_t size = 0;
    const absl::Status assigned =
        options_internal::Assign(path, {.min = 1.0}, *value, size);
    if (!assigned.ok()) return assigned;
    if (dim > kMaxDim / size) {
      return InvalidField(
          "data.shape", absl::StrCat("at most ", kMaxDim, " numbers"), "more");
    }
    dim *= size;
    shape.push_back(size);
  }
  if (!shape.empty()) return absl::OkStatus();
  return InvalidField("data.shape", "the sizes of one row", "empty");
}

absl::Status ParseData(const Json& json, DataSpace& data) {
  JsonFields fields(json, "data");
  if (const Json* shape = fields.Require("shape")) {
    fields.Update(ParseShape(*shape, data.shape));
  }
  fields.GetIfPresent("offset", data.offset);
  fields.GetIfPresent("scale", data.scale, Positive());
  fields.GetIfPresent("min", data.min);
  fields.GetIfPresent("max", data.max);
  if (data.min.has_value() && data.max.has_value() && *data.min > *data.max) {
    fields.Update(InvalidField("data.max",
                               absl::StrCat("at least data.min, ", *data.min),
                               absl::StrCat(*data.max)));
  }
  return fields.Finish();
}

absl::Status ParseLabel(const Json& json, LabelRule& label) {
  JsonFields fields(json, "label");
  std::string kind;
  fields.Get("kind", kind);
  if (kind == kLabelKinds[0]) return fields.Finish();
  if (kind == kLabelKinds[1]) {
    label.kind = LabelKind::kNoiseLevel;
  } else if (kind == kLabelKinds[2]) {
    label.kind = LabelKind::kTime;
  } else {
    fields.Update(InvalidField("label.kind", "none, noise_level or time",
                               absl::StrCat("'", kind, "'")));
  }
  fields.Get("min", label.min, NotNegative());
  fields.Get("max", label.max, NotNegative());
  if (label.min > label.max) {
    fields.Update(InvalidField("label.max",
                               absl::StrCat("at least label.min, ", label.min),
                               absl::StrCat(label.max)));
  }
  return fields.Finish();
}

absl::Status ParseOptions(const Json& json, absl::string_view path,
                          OptionValues& options) {
  const absl::StatusOr<const JsonObject*> object = JsonToObject(json, path);
  if (!object.ok()) return object.status();
  for (const auto& [name, value] : **object) {
    absl::StatusOr<OptionValue> option =
        JsonToOptionValue(value, JsonPath(path, name));
    if (!option.ok()) return option.status();
    options.emplace(name, *std::move(option));
  }
  return absl::OkStatus();
}

// "process" and "process_options", which a label that is a time needs and no
// other has.
void ParseProcess(const LabelRule& label, JsonFields& fields,
                  std::optional<ProcessConfig>& process) {
  if (label.kind != LabelKind::kTime) return;
  fields.Get("process", process.emplace().name);
  if (const Json* options = fields.Find("process_options")) {
    fields.Update(ParseOptions(*options, "process_options", process->options));
  }
}

absl::Status ParseProvenance(const Json& json,
                             std::map<std::string, std::string>& provenance) {
  const absl::StatusOr<const JsonObject*> object =
      JsonToObject(json, "provenance");
  if (!object.ok()) return object.status();
  JsonFields fields(json, "provenance");
  for (const auto& [name, value] : **object) {
    fields.Get(name, provenance[name]);
  }
  return fields.Finish();
}

using Tree = nlohmann::ordered_json;

Tree OptionsTree(const OptionValues& options) {
  Tree tree = Tree::object();
  for (const auto& [name, value] : options) {
    std::visit([&, &name = name](const auto& v) { tree[name] = v; }, value);
  }
  return tree;
}

}  // namespace

absl::Status CheckLabel(const LabelRule& rule, absl::string_view field,
                        double label) {
  // Written so that NaN fails.
  if (label >= rule.min && label <= rule.max) return absl::OkStatus();
  if (rule.kind == LabelKind::kNone) {
    return InvalidField(field, "0 or absent, as this network takes no label",
                        absl::StrCat(label));
  }
  return InvalidField(field,
                      absl::StrCat("between ", rule.min, " and ", rule.max),
                      absl::StrCat(label));
}

int64_t DataSpace::dim() const {
  int64_t dim = 1;
  for (const int64_t size : shape) dim *= size;
  return dim;
}

absl::StatusOr<ModelConfig> ParseModelConfig(absl::string_view json) {
  const absl::StatusOr<Json> root = ParseJson(json);
  if (!root.ok()) return root.status();
  ModelConfig config;
  JsonFields fields(*root, "");
  fields.GetIfPresent("description", config.description);
  fields.Get("network", config.network);
  if (const Json* options = fields.Find("network_options")) {
    fields.Update(
        ParseOptions(*options, "network_options", config.network_options));
  }
  if (const Json* data = fields.Require("data")) {
    fields.Update(ParseData(*data, config.data));
  }
  if (const Json* label = fields.Require("label")) {
    fields.Update(ParseLabel(*label, config.label));
  }
  ParseProcess(config.label, fields, config.process);
  fields.GetIfPresent("classes", config.classes, Between(0, kMaxClasses));
  if (const Json* provenance = fields.Find("provenance")) {
    fields.Update(ParseProvenance(*provenance, config.provenance));
  }
  const absl::Status status = fields.Finish();
  if (!status.ok()) return status;
  return config;
}

std::string ModelConfigToJson(const ModelConfig& config) {
  Tree data = {{"shape", config.data.shape},
               {"offset", config.data.offset},
               {"scale", config.data.scale}};
  if (config.data.min.has_value()) data["min"] = *config.data.min;
  if (config.data.max.has_value()) data["max"] = *config.data.max;

  Tree label = {{"kind", kLabelKinds[static_cast<size_t>(config.label.kind)]}};
  if (config.label.kind != LabelKind::kNone) {
    label["min"] = config.label.min;
    label["max"] = config.label.max;
  }

  Tree tree = {{"description", config.description},
               {"network", config.network},
               {"network_options", OptionsTree(config.network_options)},
               {"data", std::move(data)},
               {"label", std::move(label)}};
  if (config.process.has_value()) {
    tree["process"] = config.process->name;
    tree["process_options"] = OptionsTree(config.process->options);
  }
  if (config.classes > 0) tree["classes"] = config.classes;
  tree["provenance"] = config.provenance;
  return tree.dump(2, ' ', false, Tree::error_handler_t::replace) + "\n";
}

}  // namespace scoreserve
