#ifndef SCORESERVE_SERVER_STATE_CHECKPOINT_FILES_H_
#define SCORESERVE_SERVER_STATE_CHECKPOINT_FILES_H_

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/manifest.h"

namespace scoreserve {

// Files "1.safetensors", "2.safetensors", … in one folder, each written once
// and whole; a name is never tried twice. What is in them, and which are
// wanted, others know. All errors have the reason STORAGE_FAILED and name the
// file. Thread-compatible.
class CheckpointFiles {
 public:
  // Makes the folder if need be.
  static absl::StatusOr<CheckpointFiles> Open(const std::string& folder);

  std::string Path(absl::string_view name) const;

  // A new file with these contents, on the disk under its name, which is
  // returned. Where it fails nothing is left. RESOURCE_EXHAUSTED says how many
  // bytes it needs; codes of FileError().
  absl::StatusOr<std::string> Write(absl::string_view contents);

  // DATA_LOSS where it is missing or not what `entry` says; where it was cut,
  // the message says at which byte it ends.
  absl::StatusOr<std::string> Read(const std::string& name,
                                   const ManifestEntry& entry) const;

  // Not durable: whoever needs it gone looks again at the next start.
  void Delete(const std::string& name) const;
  // All but these, half-written ones too. Files of other names stay.
  void DeleteAllBut(const std::set<std::string>& names) const;

 private:
  explicit CheckpointFiles(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_;
  int64_t last_ = 0;  // The highest number that was ever tried.
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_STATE_CHECKPOINT_FILES_H_
