#include "server/state/checkpoint_files.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "models/io/files.h"
#include "models/io/manifest.h"
#include "models/io/publish.h"
#include "models/io/sha256.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr absl::string_view kSuffix = ".safetensors";

// Of "7.safetensors", and of "7.safetensors.tmp"; 0 of other names.
int64_t NumberOf(absl::string_view name) {
  name = absl::StripSuffix(name, ".tmp");
  return absl::ConsumeSuffix(&name, kSuffix) ? VersionOfFolder(name) : 0;
}

absl::Status Failed(const absl::Status& status) {
  return WithReason(status, Reason::kStorageFailed);
}

}  // namespace

absl::StatusOr<CheckpointFiles> CheckpointFiles::Open(
    const std::string& folder) {
  absl::Status made = MakeFoldersSynced(folder, 0700);
  if (!made.ok()) return Failed(made);
  const absl::StatusOr<std::vector<std::string>> names = FolderNames(folder);
  if (!names.ok()) return Failed(names.status());
  CheckpointFiles files(folder);
  for (const std::string& name : *names) {
    files.last_ = std::max(files.last_, NumberOf(name));
  }
  return files;
}

std::string CheckpointFiles::Path(absl::string_view name) const {
  return absl::StrCat(folder_, "/", name);
}

absl::StatusOr<std::string> CheckpointFiles::Write(absl::string_view contents) {
  std::string name = absl::StrCat(++last_, kSuffix);
  const absl::Status written = ReplaceFileSynced(Path(name), contents);
  if (written.ok()) return name;
  Delete(name);
  if (!absl::IsResourceExhausted(written)) return Failed(written);
  return Failed(absl::ResourceExhaustedError(
      absl::StrCat(written.message(), "; needs ", contents.size(), " bytes")));
}

absl::StatusOr<std::string> CheckpointFiles::Read(
    const std::string& name, const ManifestEntry& entry) const {
  const std::string path = Path(name);
  absl::StatusOr<std::string> contents = ReadFile(path, entry.size);
  if (absl::IsNotFound(contents.status()) ||
      absl::IsFailedPrecondition(contents.status())) {  // Absent, or too long.
    return Failed(absl::DataLossError(contents.status().message()));
  }
  if (!contents.ok()) return Failed(contents.status());
  const int64_t size = static_cast<int64_t>(contents->size());
  if (size < entry.size) {
    return Failed(absl::DataLossError(
        absl::StrCat(path, ": ends at byte ", size, " of ", entry.size)));
  }
  if (Sha256Hex(*contents) != entry.sha256) {
    return Failed(absl::DataLossError(
        absl::StrCat(path, ": is damaged: its SHA-256 has changed")));
  }
  return contents;
}

void CheckpointFiles::Delete(const std::string& name) const {
  ::unlink(Path(name).c_str());
}

void CheckpointFiles::DeleteAllBut(const std::set<std::string>& names) const {
  for (const std::string& name :
       FolderNames(folder_).value_or(std::vector<std::string>())) {
    if (NumberOf(name) > 0 && names.count(name) == 0) Delete(name);
  }
}

}  // namespace scoreserve
