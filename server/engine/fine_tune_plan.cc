#include "server/engine/fine_tune_plan.h"

#include <bit>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "models/io/json.h"
#include "models/io/json_text.h"

namespace scoreserve {
namespace {

Json Options(const OptionValues& options) {
  JsonObject object;
  for (const auto& [name, value] : options) {
    object[name] = std::visit([](const auto& v) { return Json{v}; }, value);
  }
  return Json{std::move(object)};
}

void Get(JsonFields& fields, const char* key, OptionValues& options) {
  const Json* json = fields.Require(key);
  if (json == nullptr) return;
  const absl::StatusOr<const JsonObject*> object = JsonToObject(*json, key);
  if (!object.ok()) return fields.Update(object.status());
  for (const auto& [name, value] : **object) {
    const absl::StatusOr<OptionValue> option =
        JsonToOptionValue(value, JsonPath(key, name));
    if (!option.ok()) return fields.Update(option.status());
    options[name] = *option;
  }
}

Json Micros(absl::Duration duration) {
  return Json{absl::ToInt64Microseconds(duration)};
}

void Get(JsonFields& fields, const char* key, absl::Duration& duration) {
  int64_t micros = 0;
  fields.Get(key, micros);
  duration = absl::Microseconds(micros);
}

}  // namespace

std::string PlanText(const FineTunePlan& plan) {
  const FineTuneSpec& spec = plan.spec;
  const bool window = spec.buffer.policy == BufferPolicy::kWindow;
  JsonObject base;
  if (spec.base_version.has_value()) base["version"] = Json{*spec.base_version};
  if (spec.base_alias.has_value()) base["alias"] = Json{*spec.base_alias};
  return JsonText(Json{JsonObject{
      {"model", Json{spec.model}},
      {"base", Json{std::move(base)}},
      {"base_version", Json{plan.base_version}},
      {"alias", Json{spec.alias}},
      {"objective", Json{spec.objective}},
      {"objective_options", Options(spec.objective_options)},
      {"trainer_options", Options(spec.trainer_options)},
      {"seed", Json{std::bit_cast<int64_t>(spec.seed)}},
      {"steps", Json{spec.steps}},
      {"window", Json{window}},
      {"capacity", Json{spec.buffer.capacity}},
      {"hold_out_share", Json{spec.buffer.hold_out_share}},
      {"min_rows", Json{spec.min_rows}},
      {"gate_objective", Json{spec.gate_objective}},
      {"gate_objective_options", Options(spec.gate_objective_options)},
      {"publish_interval", Micros(spec.publish_interval)},
      {"checkpoint_interval", Micros(spec.checkpoint_interval)},
      {"max_rows", Json{spec.max_rows}},
      {"max_bytes", Json{spec.max_bytes}},
      {"config", Json{ModelConfigToJson(plan.config)}},
  }});
}

absl::StatusOr<FineTunePlan> ParsePlan(absl::string_view text) {
  // A config alone may be as long as a text is by default.
  const absl::StatusOr<Json> root =
      ParseJson(text, {.max_bytes = int64_t{1} << 23});
  if (!root.ok()) return root.status();
  FineTunePlan plan;
  FineTuneSpec& spec = plan.spec;
  JsonFields fields(*root, "");
  fields.Get("model", spec.model);
  if (const Json* base = fields.Require("base")) {
    JsonFields which(*base, "base");
    which.GetIfPresent("version", spec.base_version);
    which.GetIfPresent("alias", spec.base_alias);
    fields.Update(which.Finish());
  }
  fields.Get("base_version", plan.base_version);
  fields.Get("alias", spec.alias);
  fields.Get("objective", spec.objective);
  Get(fields, "objective_options", spec.objective_options);
  Get(fields, "trainer_options", spec.trainer_options);
  int64_t seed = 0;
  fields.Get("seed", seed);
  spec.seed = std::bit_cast<uint64_t>(seed);
  fields.Get("steps", spec.steps);
  bool window = true;
  fields.Get("window", window);
  spec.buffer.policy =
      window ? BufferPolicy::kWindow : BufferPolicy::kReservoir;
  fields.Get("capacity", spec.buffer.capacity);
  fields.Get("hold_out_share", spec.buffer.hold_out_share);
  fields.Get("min_rows", spec.min_rows);
  fields.Get("gate_objective", spec.gate_objective);
  Get(fields, "gate_objective_options", spec.gate_objective_options);
  Get(fields, "publish_interval", spec.publish_interval);
  Get(fields, "checkpoint_interval", spec.checkpoint_interval);
  fields.Get("max_rows", spec.max_rows);
  fields.Get("max_bytes", spec.max_bytes);
  std::string config;
  fields.Get("config", config);
  const absl::Status status = fields.Finish();
  if (!status.ok()) return status;
  absl::StatusOr<ModelConfig> parsed = ParseModelConfig(config);
  if (!parsed.ok()) return parsed.status();
  plan.config = *std::move(parsed);
  return plan;
}

}  // namespace scoreserve
