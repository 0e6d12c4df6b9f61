#include "models/io/json.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/json_events.h"
#include "models/options.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// Keys are quoted in messages, which travel.
constexpr size_t kMaxKeyBytes = 256;

// Builds a Json, and refuses the first duplicate key.
class TreeBuilder final : public JsonEvents {
 public:
  TreeBuilder(int max_depth, Json& root) : JsonEvents(max_depth), root_(root) {}

 private:
  bool null() override { return Add(Json()); }
  bool boolean(bool value) override { return Add(Json{value}); }
  bool number_integer(int64_t value) override { return Add(Json{value}); }
  bool number_unsigned(uint64_t value) override {
    if (value > uint64_t{std::numeric_limits<int64_t>::max()}) {
      return Add(Json{static_cast<double>(value)});
    }
    return Add(Json{static_cast<int64_t>(value)});
  }
  bool number_float(double value, const std::string&) override {
    return Add(Json{value});
  }
  bool string(std::string& value) override {
    return Add(Json{std::move(value)});
  }

  bool start_object(size_t) override { return Open(Json{JsonObject()}); }
  bool start_array(size_t) override { return Open(Json{JsonArray()}); }
  bool end_object() override { return CloseLast(); }
  bool end_array() override { return CloseLast(); }

  bool key(std::string& key) override {
    if (key.size() > kMaxKeyBytes) {
      return Refuse(absl::StrCat("keys must be at most ", kMaxKeyBytes,
                                 " bytes long; one was ", key.size()));
    }
    auto& object = std::get<JsonObject>(open_.back().json->value);
    const auto [member, added] = object.try_emplace(key);
    if (!added) {
      const std::string path = JsonPath(Path(), key);
      return Refuse(absl::StrCat(path, " must be given once; was given twice"));
    }
    open_.back().key = &member->first;
    return true;
  }

  // Puts `json` where the text is at: the root, the newest key, or the end of
  // the array. Pointers to open values stay good: only the innermost grows.
  bool Add(Json json) {
    Place() = std::move(json);
    return true;
  }

  bool Open(Json json) {
    if (!Enter()) return false;
    Json& place = Place();
    place = std::move(json);
    open_.push_back({.json = &place, .key = nullptr});
    return true;
  }

  bool CloseLast() {
    Leave();
    open_.pop_back();
    return true;
  }

  Json& Place() {
    if (open_.empty()) return root_;
    Json& parent = *open_.back().json;
    if (auto* array = std::get_if<JsonArray>(&parent.value)) {
      return array->emplace_back();
    }
    return std::get<JsonObject>(parent.value).at(*open_.back().key);
  }

  // Of the innermost object, by its keys alone.
  std::string Path() const {
    std::string path;
    for (size_t i = 0; i + 1 < open_.size(); ++i) {
      if (open_[i].key != nullptr) path = JsonPath(path, *open_[i].key);
    }
    return path;
  }

  struct OpenValue {
    Json* json;
    const std::string* key;  // The newest; null in an array.
  };

  Json& root_;
  std::vector<OpenValue> open_;
};

std::string KindName(const Json& json) {
  constexpr const char* kNames[] = {"null",     "true or false", "an integer",
                                    "a number", "text",          "an array",
                                    "an object"};
  return kNames[json.value.index()];
}

}  // namespace

absl::StatusOr<Json> ParseJson(absl::string_view text,
                               const JsonLimits& limits) {
  if (static_cast<int64_t>(text.size()) > limits.max_bytes) {
    return WithReason(absl::InvalidArgumentError(
                          absl::StrCat("must be at most ", limits.max_bytes,
                                       " bytes long; was ", text.size())),
                      Reason::kInvalidField);
  }
  Json root;
  const absl::Status status = TreeBuilder(limits.max_depth, root).Read(text);
  if (!status.ok()) return status;
  return root;
}

std::string JsonPath(absl::string_view path, absl::string_view key) {
  return path.empty() ? std::string(key) : absl::StrCat(path, ".", key);
}

absl::StatusOr<OptionValue> JsonToOptionValue(const Json& json,
                                              absl::string_view path) {
  if (const auto* v = std::get_if<bool>(&json.value)) return OptionValue(*v);
  if (const auto* v = std::get_if<int64_t>(&json.value)) return OptionValue(*v);
  if (const auto* v = std::get_if<double>(&json.value)) return OptionValue(*v);
  if (const auto* v = std::get_if<std::string>(&json.value)) {
    return OptionValue(*v);
  }
  return InvalidField(path, "true, false, a number or text", KindName(json));
}

absl::StatusOr<const JsonObject*> JsonToObject(const Json& json,
                                               absl::string_view path) {
  const auto* object = std::get_if<JsonObject>(&json.value);
  if (object != nullptr) return object;
  return InvalidField(path.empty() ? "the text" : path, "an object",
                      KindName(json));
}

absl::StatusOr<const JsonArray*> JsonToArray(const Json& json,
                                             absl::string_view path) {
  const auto* array = std::get_if<JsonArray>(&json.value);
  if (array != nullptr) return array;
  return InvalidField(path, "an array", KindName(json));
}

JsonFields::JsonFields(const Json& json, absl::string_view path) : path_(path) {
  const absl::StatusOr<const JsonObject*> object = JsonToObject(json, path);
  if (object.ok()) {
    object_ = *object;
  } else {
    Update(object.status());
  }
}

const Json* JsonFields::Require(absl::string_view key) {
  const Json* json = Find(key);
  if (json == nullptr) {
    Update(InvalidField(JsonPath(path_, key), "given", "absent"));
  }
  return json;
}

const Json* JsonFields::Find(absl::string_view key) {
  known_.emplace_back(key);
  if (object_ == nullptr) return nullptr;
  const auto member = object_->find(known_.back());
  return member == object_->end() ? nullptr : &member->second;
}

void JsonFields::Update(const absl::Status& status) { status_.Update(status); }

absl::Status JsonFields::Finish() const {
  if (object_ == nullptr) return status_;
  // First: a key that is misspelt is often also one that is missing.
  for (const auto& [key, json] : *object_) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    const absl::Status unknown = options_internal::UnknownOption(key, known_);
    return InvalidField(
        JsonPath(path_, key),
        path_.empty() ? unknown.message()
                      : absl::StrCat("in ", path_, ", ", unknown.message()));
  }
  return status_;
}

}  // namespace scoreserve
