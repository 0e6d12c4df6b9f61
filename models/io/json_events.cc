#include "models/io/json_events.h"

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/status.h"
#include "nlohmann/json.hpp"

namespace scoreserve {

absl::Status JsonEvents::Read(absl::string_view text) {
  nlohmann::json_sax<nlohmann::json>* const events = this;
  const bool done =
      nlohmann::json::sax_parse(text.data(), text.data() + text.size(), events);
  if (!done && status_.ok()) Refuse("must be JSON");
  return status_;
}

bool JsonEvents::Refuse(absl::string_view message) {
  if (status_.ok()) {
    status_ =
        WithReason(absl::InvalidArgumentError(message), Reason::kInvalidField);
  }
  return false;
}

bool JsonEvents::Enter() {
  if (++depth_ <= max_depth_) return true;
  return Refuse(absl::StrCat("must be nested at most ", max_depth_, " deep"));
}

bool JsonEvents::parse_error(size_t position, const std::string&,
                             const nlohmann::detail::exception& error) {
  // "[json.exception.parse_error.101] parse error at line 1, column 5: …"
  absl::string_view what = error.what();
  if (const size_t end = what.find("] "); end != what.npos) {
    what.remove_prefix(end + 2);
  }
  // What follows quotes the text, which may be long and no UTF-8.
  what = what.substr(0, what.find("; last read"));
  return Refuse(absl::StrCat("must be JSON; at byte ", position, ": ",
                             what.substr(0, 200)));
}

}  // namespace scoreserve
