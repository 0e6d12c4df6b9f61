// The resource names of jobs: "models/{model}/fineTunes/{id}".

#ifndef SCORESERVE_SERVER_ENGINE_FINE_TUNE_NAME_H_
#define SCORESERVE_SERVER_ENGINE_FINE_TUNE_NAME_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace scoreserve {

inline std::string FineTuneName(absl::string_view model, absl::string_view id) {
  return absl::StrCat("models/", model, "/fineTunes/", id);
}

// Of a name as above.
inline std::string ModelOfFineTune(absl::string_view name) {
  name.remove_prefix(absl::string_view("models/").size());
  return std::string(name.substr(0, name.find('/')));
}

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_FINE_TUNE_NAME_H_
