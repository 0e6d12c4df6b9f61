// What changes the folder of a model, its versions aside that are published.

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/files.h"
#include "models/io/inside_root.h"
#include "models/io/model_repository.h"
#include "models/io/staging_folder.h"
#include "models/status.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;

// The one that may change a model's folder, among the threads and processes
// that see it. The folder is its own lock file, so one that may only be read
// takes no harm.
class FolderLock {
 public:
  static absl::StatusOr<FolderLock> Of(const std::string& path) {
    const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return FileError(errno, "cannot open", path);
    FolderLock lock(folder);
    while (::flock(folder, LOCK_EX) != 0) {
      if (errno != EINTR) return FileError(errno, "cannot lock", path);
    }
    return lock;
  }

  FolderLock(FolderLock&& other) noexcept
      : folder_(std::exchange(other.folder_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock() {
    if (folder_ >= 0) ::close(folder_);
  }

 private:
  explicit FolderLock(int folder) : folder_(folder) {}

  int folder_;
};

// The folder of `model`, without symbolic links.
absl::StatusOr<std::string> FolderOf(const std::string& root,
                                     absl::string_view model) {
  const absl::Status named = CheckModelName("model", model);
  if (!named.ok()) return named;
  absl::StatusOr<std::string> folder =
      ResolveInside(root, fs::path(root) / std::string(model));
  if (!absl::IsNotFound(folder.status())) return folder;
  return WithReason(absl::NotFoundError(absl::StrCat("there is no model '",
                                                     model, "' in ", root)),
                    Reason::kModelNotFound);
}

}  // namespace

absl::StatusOr<DesiredState> ModelRepository::UpdateDesired(
    absl::string_view model, std::optional<int64_t> expected_generation,
    absl::FunctionRef<absl::Status(DesiredState&)> change) const {
  const absl::StatusOr<std::string> folder = FolderOf(root_, model);
  if (!folder.ok()) return folder.status();
  const absl::StatusOr<FolderLock> lock = FolderLock::Of(*folder);
  if (!lock.ok()) return lock.status();
  absl::StatusOr<DesiredState> desired = ReadDesired(model);
  if (!desired.ok()) return desired.status();
  const int64_t found = desired->generation;
  if (expected_generation.has_value() && *expected_generation != found) {
    return WithReason(
        absl::AbortedError(absl::StrCat(
            "the generation of model '", model, "' must be ",
            *expected_generation, "; was ", found,
            ": somebody else has changed its desired state since")),
        Reason::kGenerationChanged);
  }
  absl::Status changed = change(*desired);
  if (!changed.ok()) return changed;
  desired->generation = found + 1;
  const std::string text = SerializeDesiredState(*desired);
  // Nothing is written that could not be read.
  if (const auto read = ParseDesiredState(text); !read.ok()) {
    return read.status();
  }
  const absl::Status written =
      ReplaceFileSynced((fs::path(*folder) / "desired.json").string(), text);
  if (!written.ok()) return written;
  return desired;
}

absl::Status ModelRepository::Delete(absl::string_view model,
                                     int64_t version) const {
  const absl::StatusOr<std::string> folder = FolderOf(root_, model);
  if (!folder.ok()) return folder.status();
  const absl::StatusOr<FolderLock> lock = FolderLock::Of(*folder);
  if (!lock.ok()) return lock.status();
  const absl::StatusOr<DesiredState> desired = ReadDesired(model);
  if (!desired.ok()) return desired.status();
  for (const auto& [alias, target] : desired->aliases) {
    if (target != version) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("version ", version, " of model '", model,
                     "' cannot be deleted: alias '", alias, "' names it"));
  }
  // Whose end takes with it what was renamed into it.
  const absl::StatusOr<StagingFolder> away = StagingFolder::In(*folder);
  if (!away.ok()) return away.status();
  const std::string from = (fs::path(*folder) / absl::StrCat(version)).string();
  const std::string to = (fs::path(away->path()) / "version").string();
  if (std::rename(from.c_str(), to.c_str()) == 0) return SyncFolder(*folder);
  if (errno != ENOENT) return FileError(errno, "cannot rename", from);
  return WithReason(absl::NotFoundError(absl::StrCat(
                        "model '", model, "' has no version ", version)),
                    Reason::kVersionNotFound);
}

}  // namespace scoreserve
