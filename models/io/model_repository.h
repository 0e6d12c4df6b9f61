// Models as plain files, which several servers may share:
//
//   <root>/<model>/<version>/{config.json, model.safetensors, MANIFEST}
//   <root>/<model>/desired.json     aliases and serving settings; optional;
//                                   replaced whole, one writer at a time
//
// A version is immutable and written whole: into a folder with a temporary name
// (".tmp-…"), every file and the folder synced, MANIFEST (manifest.h) last,
// then renamed. It is valid only if its manifest verifies. What a writer that
// was killed leaves is a ".tmp-…", which nobody reads and which a later writer
// deletes (staging_folder.h).

#ifndef SCORESERVE_MODELS_IO_MODEL_REPOSITORY_H_
#define SCORESERVE_MODELS_IO_MODEL_REPOSITORY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/model_config.h"
#include "models/io/safetensors.h"

namespace scoreserve {

// OK for names of models and aliases: [a-z0-9][a-z0-9._-]{0,62}.
// INVALID_ARGUMENT naming `field`. To be called before a name from outside
// touches the file system.
absl::Status CheckModelName(absl::string_view field, absl::string_view name);

// One version, read and verified.
struct ModelFiles {
  ModelConfig config;
  NamedArrays arrays;
};

// Rows of one pass. With fewer there would be no room beside samplers for half
// a reserve of queries with guidance.
inline constexpr int64_t kMinBatchRows = 8, kMaxBatchRows = 1 << 20;

// desired.json: what the operator wants of a model. Every field is optional.
struct DesiredState {
  int64_t generation = 0;
  std::map<std::string, int64_t> aliases;  // "stable", "canary" → version.
  std::optional<int64_t> max_batch_rows;
  // Of its scores: "fp32", "tf32" or "bf16" (networks/precision.h); empty is
  // the first.
  std::string precision;
  // Bytes that a version takes of its device, in place of what the server
  // finds.
  std::optional<int64_t> memory;
  // Of the callers that name neither version nor alias, the share that gets
  // "canary". In [0, 1].
  double canary_share = 0.0;
  // How many of the newest versions are kept beside those with an alias, at
  // least 1. Unset: none is deleted but those that fine-tuning published.
  std::optional<int64_t> keep;
};

// Strict, as ParseModelConfig():
//
//   {"generation": n, "aliases": {name: version, …}, "max_batch_rows": n,
//    "precision": "bf16", "memory": n, "canary_share": p, "keep": n}
absl::StatusOr<DesiredState> ParseDesiredState(absl::string_view json);

// What ParseDesiredState() reads back as the same, where it would take it.
std::string SerializeDesiredState(const DesiredState& desired);

// What a file of a model may hold, in bytes. A longer one is not read.
struct RepositoryLimits {
  int64_t max_weights_bytes = int64_t{1}
                              << 33;          // model.safetensors, and extras.
  int64_t max_text_bytes = int64_t{1} << 20;  // Every other file.
};

// A folder of models. Reads nothing that lies outside it: a symbolic link out
// of the root is refused with PERMISSION_DENIED. Thread-safe: it has no state
// but the path.
class ModelRepository {
 public:
  explicit ModelRepository(std::string root, RepositoryLimits limits = {})
      : root_(std::move(root)), limits_(limits) {}

  const std::string& root() const { return root_; }

  // Names of the models, ascending; folders with other names are passed over.
  // NOT_FOUND or PERMISSION_DENIED, with the path, where the root is missing or
  // cannot be read.
  absl::StatusOr<std::vector<std::string>> Models() const;

  // Versions of `model` that have a manifest, ascending; others are still being
  // written. Folders whose names are no positive integers are passed over.
  // NOT_FOUND, MODEL_NOT_FOUND, where there is no such model.
  absl::StatusOr<std::vector<int64_t>> Versions(absl::string_view model) const;

  // Reads one version whole into memory and verifies it. NOT_FOUND with reason
  // MODEL_NOT_FOUND or VERSION_NOT_FOUND; FAILED_PRECONDITION with reason
  // CORRUPT_MODEL, or INVALID_ARGUMENT with UNSUPPORTED_FORMAT, whose message
  // names the file and what is wrong with it.
  absl::StatusOr<ModelFiles> Read(absl::string_view model,
                                  int64_t version) const;

  // Whether the folder of that version holds a file `name`.
  bool Has(absl::string_view model, int64_t version,
           absl::string_view name) const;

  // The defaults where the model has no desired.json.
  absl::StatusOr<DesiredState> ReadDesired(absl::string_view model) const;

  // Publishes `files` as the next version of `model` (1 for the first), which
  // it returns; makes folders that are missing. Concurrent writers get
  // different versions. `extra` are further files by name (plots, logs), kept
  // and covered by the manifest. INVALID_ARGUMENT for what Read() would refuse,
  // and for a name in `extra` that is not [A-Za-z0-9][A-Za-z0-9._-]{0,62} or is
  // one of those above. Whatever fails, no new version is seen, and nothing is
  // left.
  absl::StatusOr<int64_t> Write(
      absl::string_view model, const ModelFiles& files,
      const std::map<std::string, std::string>& extra = {}) const;

  // Replaces the desired state of `model` by what `change` makes of it, its
  // generation one higher, and returns that; it is durable then. One update of
  // a model at a time, among all threads and processes: `change` sees what the
  // last one left, and may ask this repository what versions there are, but
  // must not update. ABORTED, GENERATION_CHANGED, where the generation is not
  // `expected_generation`; what `change` returns; INVALID_ARGUMENT where it
  // leaves something that ReadDesired() would refuse; PERMISSION_DENIED with
  // the path where the folder cannot be written; as Versions(). Whatever
  // fails before the rename, everything is as it was.
  absl::StatusOr<DesiredState> UpdateDesired(
      absl::string_view model, std::optional<int64_t> expected_generation,
      absl::FunctionRef<absl::Status(DesiredState&)> change) const;

  // Deletes one version, which is never seen in part: it is renamed away first.
  // What a process that was killed leaves is a ".tmp-…" as well. Waits for an
  // update of the model's desired state. FAILED_PRECONDITION where an alias
  // names the version; NOT_FOUND, VERSION_NOT_FOUND; otherwise as
  // UpdateDesired(). The number of the highest version would be used again:
  // leave that one.
  absl::Status Delete(absl::string_view model, int64_t version) const;

 private:
  std::string root_;
  RepositoryLimits limits_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_MODEL_REPOSITORY_H_
