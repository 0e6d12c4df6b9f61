#ifndef SCORESERVE_MODELS_CMD_START_FROM_H_
#define SCORESERVE_MODELS_CMD_START_FROM_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/io/model_repository.h"
#include "models/training/data_set.h"

namespace scoreserve {

// The version that training begins with: its weights, and all that its config
// says but description and provenance.
struct StartVersion {
  std::string name;  // "models/digits@3"
  ModelFiles files;
};

// "REPOSITORY/MODEL@VERSION", or without "@VERSION": then the version that a
// server gives to who names none, that of the alias "stable", else the newest.
// INVALID_ARGUMENT naming "start-from" where `text` is not of that form; as
// ModelRepository::Read().
absl::StatusOr<StartVersion> ReadStart(const std::string& text);

// `data` is read into the data space of the version.
void UseDataSpace(const DataSpace& space, DataOptions& data);

// Whether rows of `given` classes can be shown to a network of `classes`.
// INVALID_ARGUMENT naming "class-column".
absl::Status CheckClasses(int64_t given, int64_t classes);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_CMD_START_FROM_H_
