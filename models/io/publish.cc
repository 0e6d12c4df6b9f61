#include "models/io/publish.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/failpoint.h"
#include "models/io/files.h"
#include "models/io/manifest.h"
#include "models/io/staging_folder.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;

absl::Status WriteAll(const fs::path& folder,
                      const std::map<std::string, std::string>& contents) {
  Manifest manifest;
  for (const auto& [name, text] : contents) {
    const absl::Status written =
        WriteNewFileSynced((folder / name).string(), text);
    if (!written.ok()) return written;
    manifest[name] = EntryFor(text);
  }
  const absl::Status written = WriteNewFileSynced(
      (folder / kManifestName).string(), SerializeManifest(manifest));
  return written.ok() ? SyncFolder(folder.string()) : written;
}

// Renames `staging` to the next free number in `parent`. Renaming over a
// version fails, since no version is an empty folder: then another writer was
// first.
absl::StatusOr<int64_t> RenameToNextVersion(const fs::path& staging,
                                            const fs::path& parent) {
  int64_t version = 0;
  while (true) {
    const absl::StatusOr<std::vector<std::string>> names =
        FolderNames(parent.string());
    if (!names.ok()) return names.status();
    // Counts on from the last try: what was in the way need not be listed yet.
    for (const std::string& name : *names) {
      version = std::max(version, VersionOfFolder(name));
    }
    ++version;
    const fs::path path = parent / std::to_string(version);
    if (std::rename(staging.c_str(), path.c_str()) == 0) {
      Failpoint("version: renamed");
      return version;
    }
    if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR) {
      return FileError(errno, "cannot rename to", path.string());
    }
  }
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FolderNames(const std::string& path) {
  std::error_code error;
  std::vector<std::string> names;
  fs::directory_iterator entry(path, error);
  while (!error && entry != fs::directory_iterator()) {
    names.push_back(entry->path().filename().string());
    entry.increment(error);
  }
  if (error) return FileError(error.value(), "cannot read folder", path);
  return names;
}

int64_t VersionOfFolder(absl::string_view name) {
  int64_t version = 0;
  const bool plain = absl::SimpleAtoi(name, &version) && version > 0 &&
                     absl::StrCat(version) == name;
  return plain ? version : 0;
}

absl::StatusOr<int64_t> PublishVersion(
    const std::string& model_folder,
    const std::map<std::string, std::string>& contents) {
  const fs::path parent(model_folder);
  if (absl::Status made = MakeFoldersSynced(model_folder); !made.ok()) {
    return made;
  }
  DeleteAbandonedStagingFolders(model_folder);
  const absl::StatusOr<StagingFolder> staging = StagingFolder::In(model_folder);
  if (!staging.ok()) return staging.status();
  absl::Status all = WriteAll(staging->path(), contents);
  if (!all.ok()) return all;
  const absl::StatusOr<int64_t> version =
      RenameToNextVersion(staging->path(), parent);
  if (!version.ok()) return version;
  if (absl::Status synced = SyncFolder(model_folder); !synced.ok()) {
    return synced;
  }
  return version;
}

}  // namespace scoreserve
