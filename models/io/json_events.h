// What our readers of nlohmann-json's events have in common. Only .cc files of
// this folder include it: the parser is no part of any interface.

#ifndef SCORESERVE_MODELS_IO_JSON_EVENTS_H_
#define SCORESERVE_MODELS_IO_JSON_EVENTS_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace scoreserve {

// Receives a text's events until one of them returns false. Keeps the first
// refusal, bounds the depth, and throws nothing. Thread-compatible.
class JsonEvents : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit JsonEvents(int max_depth) : max_depth_(max_depth) {}

  // Parses `text`: OK, or INVALID_ARGUMENT with what was wrong first.
  absl::Status Read(absl::string_view text);

 protected:
  // Keeps `message` as the refusal. Returns false, for the parser to stop.
  bool Refuse(absl::string_view message);

  // To be called where an array or an object begins and ends.
  bool Enter();
  void Leave() { --depth_; }
  int depth() const { return depth_; }

 private:
  bool binary(binary_t&) final { return Refuse("must not hold binary"); }
  bool parse_error(size_t position, const std::string& last_token,
                   const nlohmann::detail::exception& error) final;

  const int max_depth_;
  int depth_ = 0;
  absl::Status status_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_JSON_EVENTS_H_
