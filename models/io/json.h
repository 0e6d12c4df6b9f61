// Strict JSON: what config.json and desired.json are read with.

#ifndef SCORESERVE_MODELS_IO_JSON_H_
#define SCORESERVE_MODELS_IO_JSON_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/options.h"

namespace scoreserve {

struct Json;
using JsonArray = std::vector<Json>;
using JsonObject = std::map<std::string, Json>;

// A JSON value. An integer that does not fit int64_t is held as a double.
struct Json {
  std::variant<std::monostate, bool, int64_t, double, std::string, JsonArray,
               JsonObject>
      value;
};

struct JsonLimits {
  int64_t max_bytes = int64_t{1} << 20;
  int max_depth = 8;  // Of arrays and objects in each other.
};

// INVALID_ARGUMENT, never an exception, for what is not JSON in UTF-8, exceeds
// the limits, has a number past a double's range, or has a key twice (which is
// then named, as "data.scale").
absl::StatusOr<Json> ParseJson(absl::string_view text,
                               const JsonLimits& limits = {});

// "data.scale"; the key alone where `path` is empty.
std::string JsonPath(absl::string_view path, absl::string_view key);

// The scalar at `path` as an option's value; INVALID_ARGUMENT for null, an
// array or an object.
absl::StatusOr<OptionValue> JsonToOptionValue(const Json& json,
                                              absl::string_view path);

// The members of the object at `path`; INVALID_ARGUMENT where it is none. The
// same for an array. Null pointers are never given.
absl::StatusOr<const JsonObject*> JsonToObject(const Json& json,
                                               absl::string_view path);
absl::StatusOr<const JsonArray*> JsonToArray(const Json& json,
                                             absl::string_view path);

// Takes an object apart, key by key. The first thing that is wrong is kept, and
// reported by Finish(); a field whose key is wrong or absent stays as it was.
// `json` must outlive it. Thread-compatible.
class JsonFields {
 public:
  // Of the object `json`, which lies at `path` ("" for the whole text).
  JsonFields(const Json& json, absl::string_view path);

  // A required key; an optional one. The type of the field is the type that is
  // wanted: bool, int64_t, double (which takes integers too) or std::string.
  template <typename T>
  void Get(absl::string_view key, T& field, const Range& range = {}) {
    if (const Json* json = Require(key)) Assign(key, *json, range, field);
  }
  template <typename T>
  void GetIfPresent(absl::string_view key, T& field, const Range& range = {}) {
    if (const Json* json = Find(key)) Assign(key, *json, range, field);
  }

  template <typename T>
  void GetIfPresent(absl::string_view key, std::optional<T>& field,
                    const Range& range = {}) {
    if (const Json* json = Find(key))
      Assign(key, *json, range, field.emplace());
  }

  // The value of a required key; of an optional one. Null where it is absent.
  const Json* Require(absl::string_view key);
  const Json* Find(absl::string_view key);

  // Keeps `status` if it is the first that is not OK.
  void Update(const absl::Status& status);

  // INVALID_ARGUMENT naming the key, where one was missing, of the wrong type,
  // out of range, or never asked for.
  absl::Status Finish() const;

 private:
  template <typename T>
  void Assign(absl::string_view key, const Json& json, const Range& range,
              T& field) {
    const absl::StatusOr<OptionValue> value =
        JsonToOptionValue(json, JsonPath(path_, key));
    Update(value.ok() ? options_internal::Assign(JsonPath(path_, key), range,
                                                 *value, field)
                      : value.status());
  }

  std::string path_;
  const JsonObject* object_ = nullptr;  // Null where it is no object.
  std::vector<std::string> known_;
  absl::Status status_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_JSON_H_
