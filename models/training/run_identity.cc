#include "models/training/run_identity.h"

#include <charconv>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "models/io/json.h"
#include "models/io/sha256.h"
#include "models/option_text.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// Adds the scalars below `json`, each under its path.
void Flatten(const Json& json, const std::string& path, RunIdentity& identity) {
  if (const auto* object = std::get_if<JsonObject>(&json.value)) {
    for (const auto& [key, member] : *object) {
      Flatten(member, JsonPath(path, key), identity);
    }
  } else if (const auto* array = std::get_if<JsonArray>(&json.value)) {
    for (size_t i = 0; i < array->size(); ++i) {
      Flatten((*array)[i], absl::StrCat(path, "[", i, "]"), identity);
    }
  } else {
    identity[path] = ExactText(*JsonToOptionValue(json, path));
  }
}

std::string Digest(const at::Tensor& tensor) {
  if (!tensor.defined()) return "none";
  const at::Tensor flat = tensor.contiguous();
  return Sha256Hex(
      absl::string_view(static_cast<const char*>(flat.const_data_ptr()),
                        static_cast<size_t>(flat.nbytes())));
}

std::string TextAt(const RunIdentity& identity, const std::string& name) {
  const auto found = identity.find(name);
  return found == identity.end() ? "absent" : found->second;
}

}  // namespace

std::string ExactText(const OptionValue& value) {
  const auto* number = std::get_if<double>(&value);
  if (number == nullptr) return OptionValueText(value);
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), *number).ptr;
  return std::string(digits, end);
}

RunIdentity IdentityOf(const ModelConfig& config) {
  ModelConfig decisive = config;
  decisive.description.clear();
  decisive.provenance.clear();
  RunIdentity identity;
  Flatten(*ParseJson(ModelConfigToJson(decisive)), "", identity);
  identity.erase("description");
  return identity;
}

std::string IdentityOf(const ConditionedRows& training,
                       const ConditionedRows& hold_out) {
  const std::vector<std::string> parts = {
      Digest(training.x), Digest(training.condition), Digest(hold_out.x),
      Digest(hold_out.condition)};
  return absl::StrCat(training.size(), " training rows, ", hold_out.size(),
                      " held out, sha256 ",
                      Sha256Hex(absl::StrJoin(parts, " ")));
}

absl::Status CheckSameRun(const RunIdentity& expected, const RunIdentity& given,
                          absl::string_view where) {
  RunIdentity all = expected;
  all.insert(given.begin(), given.end());
  for (const auto& [name, unused] : all) {
    const std::string there = TextAt(expected, name);
    const std::string here = TextAt(given, name);
    if (there == here) continue;
    return InvalidField(
        name, absl::StrCat(name, " must be ", there, ", as in ", where,
                           " (delete that to begin anew); was ", here));
  }
  return absl::OkStatus();
}

}  // namespace scoreserve
