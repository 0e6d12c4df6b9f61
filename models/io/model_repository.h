// Models as plain files, which several servers may share:
//
//   <root>/<model>/<version>/{config.json, model.safetensors, MANIFEST}
//   <root>/<model>/desired.json     aliases and serving settings; optional
//
// A version is immutable and written whole: into a folder with a temporary name,
// every file and the folder synced, MANIFEST (sha256 of each file) last, then
// renamed. It is valid only if its manifest verifies.

#ifndef SCORESERVE_MODELS_IO_MODEL_REPOSITORY_H_
#define SCORESERVE_MODELS_IO_MODEL_REPOSITORY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/model_config.h"
#include "models/io/safetensors.h"

namespace scoreserve {

// OK for names of models: [a-z0-9][a-z0-9._-]{0,62}. INVALID_ARGUMENT naming
// `field`. To be called before a name from outside touches the file system.
absl::Status CheckModelName(absl::string_view field, absl::string_view name);

// One version, read and verified.
struct ModelFiles {
  ModelConfig config;
  NamedArrays arrays;
};

// desired.json: what the operator wants of a model. Every field is optional.
struct DesiredState {
  int64_t generation = 0;
  std::map<std::string, int64_t> aliases;  // "stable", "canary" → version.
  std::optional<int64_t> max_batch_rows;
};

// Strict, as ParseModelConfig().
absl::StatusOr<DesiredState> ParseDesiredState(absl::string_view json);

// Thread-safe: it has no state but the path.
class ModelRepository {
 public:
  explicit ModelRepository(std::string root) : root_(std::move(root)) {}

  const std::string& root() const { return root_; }

  // Names of the models, ascending. NOT_FOUND or PERMISSION_DENIED, with the
  // path, where the folder is missing or cannot be read.
  absl::StatusOr<std::vector<std::string>> Models() const;

  // Versions of `model` that have a manifest, ascending; others are still being
  // written. Folders whose names are no positive integers are passed over.
  absl::StatusOr<std::vector<int64_t>> Versions(absl::string_view model) const;

  // Reads one version whole into memory and verifies it. FAILED_PRECONDITION
  // with reason CORRUPT_MODEL, or INVALID_ARGUMENT with UNSUPPORTED_FORMAT; the
  // message names the file and what is wrong with it.
  absl::StatusOr<ModelFiles> Read(absl::string_view model, int64_t version) const;

  // The defaults where the model has no desired.json.
  absl::StatusOr<DesiredState> ReadDesired(absl::string_view model) const;

  // Publishes `files` as the next version of `model` (1 for the first), which it
  // returns. Concurrent writers get different versions. `extra` are further
  // files by name (plots, logs), kept and covered by the manifest.
  absl::StatusOr<int64_t> Write(
      absl::string_view model, const ModelFiles& files,
      const std::map<std::string, std::string>& extra = {}) const;

 private:
  std::string root_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_MODEL_REPOSITORY_H_
