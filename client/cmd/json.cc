#include "client/cmd/json.h"

#include <charconv>
#include <iostream>
#include <optional>
#include <string>
#include <variant>

namespace scoreserve::ctl {
namespace {

const char* LabelName(LabelType label) {
  switch (label) {
    case LabelType::kNone:
      return "none";
    case LabelType::kNoiseLevel:
      return "noise_level";
    case LabelType::kTime:
      return "time";
  }
  return "none";
}

Json OrNull(const std::optional<double>& value) {
  return value.has_value() ? Json(*value) : Json();
}

// The double whose shortest text is the float's: 0.1, not 0.10000000149.
double Shortest(float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  double number = value;
  std::from_chars(text, end, number);
  return number;
}

}  // namespace

Json ModelJson(const ModelInfo& model) {
  Json refused = Json::array();
  for (const RefusedVersionInfo& version : model.refused) {
    refused.push_back({{"version", version.version}, {"why", version.why}});
  }
  return {{"name", model.name},
          {"version", model.version},
          {"aliases", model.aliases},
          {"network", model.network},
          {"num_parameters", model.num_parameters},
          {"label",
           {{"kind", LabelName(model.label)},
            {"min", model.label_min},
            {"max", model.label_max}}},
          {"data",
           {{"shape", model.data.shape},
            {"offset", model.data.offset},
            {"scale", model.data.scale},
            {"min", OrNull(model.data.min)},
            {"max", OrNull(model.data.max)}}},
          {"description", model.description},
          {"max_rows", model.max_rows},
          {"versions", model.versions},
          {"refused", std::move(refused)},
          {"classes", model.classes},
          {"process", model.process},
          {"has_energy", model.has_energy},
          {"all_aliases", model.all_aliases},
          {"generation", model.generation},
          {"canary_share", model.canary_share},
          {"keep", model.keep.has_value() ? Json(*model.keep) : Json()}};
}

Json OptionInfosJson(const std::vector<OptionInfo>& options) {
  Json list = Json::array();
  for (const OptionInfo& option : options) {
    Json json = {{"name", option.name},
                 {"type", option.type},
                 {"rule", option.rule},
                 {"default", nullptr},
                 {"help", option.help}};
    if (option.default_value.has_value()) {
      std::visit([&](const auto& value) { json["default"] = value; },
                 *option.default_value);
    }
    list.push_back(std::move(json));
  }
  return list;
}

Json OptionValuesJson(const OptionValues& values) {
  Json json = Json::object();
  for (const auto& [name, value] : values) {
    std::visit([&, &name = name](const auto& held) { json[name] = held; },
               value);
  }
  return json;
}

Json SamplerJson(const SamplerInfo& sampler) {
  Json examples = Json::array();
  for (const auto& [model, options] : sampler.examples) {
    examples.push_back(
        {{"model", model}, {"options", OptionValuesJson(options)}});
  }
  return {{"name", sampler.name},
          {"help", sampler.help},
          {"options", OptionInfosJson(sampler.options)},
          {"examples", std::move(examples)}};
}

Json RowsJson(const Rows& rows) {
  Json json = Json::array();
  for (int64_t i = 0; i < rows.rows(); ++i) {
    Json row = Json::array();
    for (int64_t j = 0; j < rows.dim; ++j) {
      row.push_back(Shortest(rows.row(i)[j]));
    }
    json.push_back(std::move(row));
  }
  return json;
}

void PrintJson(const Json& json) { std::cout << json.dump(2) << "\n"; }

}  // namespace scoreserve::ctl
