#include "server/engine/fine_tune_memory.h"

#include <array>
#include <limits>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "models/io/json.h"
#include "models/io/json_text.h"

namespace scoreserve {
namespace {

constexpr std::array<const char*, 5> kStates = {
    "running", "paused", "succeeded", "cancelled", "failed"};
// Of a comparison or a loss that is none.
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// To the nanosecond would not fit an integer for ever; nobody needs it.
Json Micros(absl::Time time) { return Json{absl::ToUnixMicros(time)}; }
void Get(JsonFields& fields, const char* key, absl::Time& time) {
  int64_t micros = 0;
  fields.Get(key, micros);
  time = absl::FromUnixMicros(micros);
}

// A number that may not be finite, which JSON has no word for.
void Get(JsonFields& fields, const char* key, double& number) {
  const Json* json = fields.Require(key);
  number = kNaN;
  if (json == nullptr || std::holds_alternative<std::monostate>(json->value))
    return;
  fields.Get(key, number);
}

Json Comparison(const FineTuneComparison& comparison) {
  return Json{JsonObject{
      {"step", Json{comparison.step}},
      {"rows", Json{comparison.rows}},
      {"hold_out", Json{comparison.hold_out}},
      {"improvement", Json{comparison.improvement}},
      {"standard_error", Json{comparison.standard_error}},
      {"reference_version", Json{comparison.reference_version}},
  }};
}

absl::Status Parse(const Json& json, absl::string_view path,
                   FineTuneComparison& comparison) {
  JsonFields fields(json, path);
  fields.Get("step", comparison.step);
  fields.Get("rows", comparison.rows);
  Get(fields, "hold_out", comparison.hold_out);
  Get(fields, "improvement", comparison.improvement);
  Get(fields, "standard_error", comparison.standard_error);
  fields.Get("reference_version", comparison.reference_version);
  return fields.Finish();
}

Json Published(const PublishedVersion& published) {
  return Json{JsonObject{{"version", Json{published.version}},
                         {"time", Micros(published.time)},
                         {"comparison", Comparison(published.comparison)},
                         {"rolled_back", Json{published.rolled_back}}}};
}

absl::Status Parse(const Json& json, absl::string_view path,
                   PublishedVersion& published) {
  JsonFields fields(json, path);
  fields.Get("version", published.version);
  Get(fields, "time", published.time);
  if (const Json* comparison = fields.Require("comparison")) {
    fields.Update(
        Parse(*comparison, JsonPath(path, "comparison"), published.comparison));
  }
  fields.Get("rolled_back", published.rolled_back);
  return fields.Finish();
}

void Get(JsonFields& fields, const char* key,
         std::optional<FineTuneComparison>& comparison) {
  if (const Json* json = fields.Find(key))
    fields.Update(Parse(*json, key, comparison.emplace()));
}

void Get(JsonFields& fields, const char* key,
         std::vector<PublishedVersion>& published) {
  const Json* json = fields.Require(key);
  if (json == nullptr) return;
  const absl::StatusOr<const JsonArray*> array = JsonToArray(*json, key);
  if (!array.ok()) return fields.Update(array.status());
  for (const Json& element : **array)
    fields.Update(Parse(element, key, published.emplace_back()));
}

Json Watch(const PublishedWatch& watch) {
  return Json{JsonObject{{"version", Json{watch.version}},
                         {"in_service", Json{watch.in_service}},
                         {"predecessor", Json{watch.predecessor}},
                         {"next_ordinal", Json{watch.checks.next_ordinal}},
                         {"suspect", Json{watch.checks.suspect}}}};
}

absl::Status Parse(const Json& json, absl::string_view path,
                   PublishedWatch& watch) {
  JsonFields fields(json, path);
  fields.Get("version", watch.version);
  fields.Get("in_service", watch.in_service);
  fields.Get("predecessor", watch.predecessor);
  fields.Get("next_ordinal", watch.checks.next_ordinal);
  fields.Get("suspect", watch.checks.suspect);
  return fields.Finish();
}

void GetState(JsonFields& fields, FineTuneState& state) {
  std::string text;
  fields.Get("state", text);
  for (size_t i = 0; i < kStates.size(); ++i) {
    if (text == kStates[i]) state = static_cast<FineTuneState>(i);
  }
}

}  // namespace

void SetState(FineTuneState state, const std::string& note,
              FineTuneStatus& status) {
  if (HasEnded(status.state)) return;
  status.state = state;
  status.note = note;
  status.updated = absl::Now();
  status.steps_per_second = 0.0;
  if (HasEnded(state)) status.ended = status.updated;
}

void AddPublished(const PublishedVersion& published, FineTuneMemory& memory) {
  constexpr size_t kMostListed = 100;
  memory.watch = {.version = published.version,
                  .predecessor = published.comparison.reference_version,
                  .checks = {.next_ordinal = memory.status.hold_out_rows}};
  std::vector<PublishedVersion>& list = memory.status.published;
  list.push_back(published);
  if (list.size() > kMostListed) list.erase(list.begin());
}

std::string MemoryText(const FineTuneMemory& memory) {
  const FineTuneStatus& status = memory.status;
  JsonObject object = {
      {"state", Json{std::string(kStates[static_cast<size_t>(status.state)])}},
      {"error_code", Json{static_cast<int64_t>(status.error.code())}},
      {"error", Json{std::string(status.error.message())}},
      {"note", Json{status.note}},
      {"created", Micros(status.created)},
      {"updated", Micros(status.updated)},
      {"step", Json{status.step}},
      {"loss", Json{status.loss}},
      {"skipped_steps", Json{status.skipped_steps}},
      {"not_published", Json{status.not_published}},
      {"watch", Watch(memory.watch)},
  };
  if (status.ended.has_value()) object["ended"] = Micros(*status.ended);
  if (status.first_check.has_value())
    object["first_check"] = Comparison(*status.first_check);
  if (status.last_check.has_value())
    object["last_check"] = Comparison(*status.last_check);
  JsonArray published;
  for (const PublishedVersion& version : status.published)
    published.push_back(Published(version));
  object["published"] = Json{std::move(published)};
  return JsonText(Json{std::move(object)});
}

absl::StatusOr<FineTuneMemory> ParseMemory(absl::string_view text) {
  const absl::StatusOr<Json> root = ParseJson(text);
  if (!root.ok()) return root.status();
  FineTuneMemory memory;
  FineTuneStatus& status = memory.status;
  JsonFields fields(*root, "");
  GetState(fields, status.state);
  int64_t code = 0;
  std::string error;
  fields.Get("error_code", code);
  fields.Get("error", error);
  status.error = absl::Status(static_cast<absl::StatusCode>(code), error);
  fields.Get("note", status.note);
  Get(fields, "created", status.created);
  Get(fields, "updated", status.updated);
  if (fields.Find("ended") != nullptr)
    Get(fields, "ended", status.ended.emplace());
  fields.Get("step", status.step);
  Get(fields, "loss", status.loss);
  fields.Get("skipped_steps", status.skipped_steps);
  Get(fields, "first_check", status.first_check);
  Get(fields, "last_check", status.last_check);
  fields.Get("not_published", status.not_published);
  Get(fields, "published", status.published);
  if (const Json* watch = fields.Require("watch"))
    fields.Update(Parse(*watch, "watch", memory.watch));
  const absl::Status finished = fields.Finish();
  if (!finished.ok()) return finished;
  return memory;
}

}  // namespace scoreserve
