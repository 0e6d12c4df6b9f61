#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/json.h"
#include "models/io/json_text.h"
#include "models/io/model_repository.h"
#include "models/io/precision_name.h"
#include "models/options.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr size_t kMaxNameBytes = 63;

bool IsLowerOrDigit(unsigned char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c);
}

absl::Status ParseAliases(const Json& json, DesiredState& desired) {
  const absl::StatusOr<const JsonObject*> aliases =
      JsonToObject(json, "aliases");
  if (!aliases.ok()) return aliases.status();
  JsonFields fields(json, "aliases");
  for (const auto& [alias, version] : **aliases) {
    fields.Update(CheckModelName("aliases", alias));
    fields.Get(alias, desired.aliases[alias], Positive());
  }
  return fields.Finish();
}

}  // namespace

absl::Status CheckModelName(absl::string_view field, absl::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return IsLowerOrDigit(c) || c == '.' || c == '_' || c == '-';
  });
  if (plain && !name.empty() && name.size() <= kMaxNameBytes &&
      IsLowerOrDigit(static_cast<unsigned char>(name[0]))) {
    return absl::OkStatus();
  }
  return InvalidField(
      field, "[a-z0-9][a-z0-9._-]{0,62}",
      absl::StrCat("'", absl::CHexEscape(name.substr(0, 100)), "'"));
}

absl::StatusOr<DesiredState> ParseDesiredState(absl::string_view json) {
  const absl::StatusOr<Json> root = ParseJson(json);
  if (!root.ok()) return root.status();
  DesiredState desired;
  JsonFields fields(*root, "");
  fields.GetIfPresent("generation", desired.generation, NotNegative());
  if (const Json* aliases = fields.Find("aliases")) {
    fields.Update(ParseAliases(*aliases, desired));
  }
  fields.GetIfPresent("max_batch_rows", desired.max_batch_rows, Range());
  if (desired.max_batch_rows.has_value() &&
      (*desired.max_batch_rows < kMinBatchRows ||
       *desired.max_batch_rows > kMaxBatchRows)) {
    fields.Update(InvalidField(
        "max_batch_rows",
        absl::StrCat("between ", kMinBatchRows, " and ", kMaxBatchRows),
        absl::StrCat(*desired.max_batch_rows)));
  }
  if (fields.Find("precision") != nullptr) {
    fields.Get("precision", desired.precision);
    fields.Update(FindPrecisionName("precision", desired.precision).status());
  }
  fields.GetIfPresent("memory", desired.memory, Positive());
  fields.GetIfPresent("canary_share", desired.canary_share, Between(0.0, 1.0));
  fields.GetIfPresent("keep", desired.keep, Positive());
  const absl::Status status = fields.Finish();
  if (!status.ok()) return status;
  return desired;
}

std::string SerializeDesiredState(const DesiredState& desired) {
  JsonObject aliases;
  for (const auto& [alias, version] : desired.aliases) {
    aliases[alias] = Json{version};
  }
  JsonObject object;
  object["generation"] = Json{desired.generation};
  object["aliases"] = Json{std::move(aliases)};
  if (desired.max_batch_rows.has_value()) {
    object["max_batch_rows"] = Json{*desired.max_batch_rows};
  }
  if (!desired.precision.empty()) {
    object["precision"] = Json{desired.precision};
  }
  if (desired.memory.has_value()) object["memory"] = Json{*desired.memory};
  if (desired.canary_share != 0.0) {
    object["canary_share"] = Json{desired.canary_share};
  }
  if (desired.keep.has_value()) object["keep"] = Json{*desired.keep};
  return JsonText(Json{std::move(object)}) + "\n";
}

}  // namespace scoreserve
