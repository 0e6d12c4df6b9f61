#ifndef SCORESERVE_MODELS_IO_STAGING_FOLDER_H_
#define SCORESERVE_MODELS_IO_STAGING_FOLDER_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace scoreserve {

// A new folder, ".tmp-" and 16 hexadecimal digits, in which a version is
// written before its rename makes it seen. Locked for as long as this object
// lives, and deleted with all in it at the end, unless it was renamed. Not
// thread-safe.
class StagingFolder {
 public:
  // Makes one in the folder `parent`. The codes of FileError().
  static absl::StatusOr<StagingFolder> In(const std::string& parent);

  StagingFolder(StagingFolder&& other) noexcept
      : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {
    other.path_.clear();
  }
  StagingFolder& operator=(StagingFolder&&) = delete;
  ~StagingFolder();

  const std::string& path() const { return path_; }

 private:
  StagingFolder(std::string path, int lock)
      : path_(std::move(path)), lock_(lock) {}

  std::string path_;  // Empty once moved from.
  int lock_;          // A descriptor; -1 where the file system has no locks.
};

// Deletes the staging folders in `parent` that killed writers left: those that
// nobody has locked and nobody has written to for an hour. The lock alone would
// do on one machine; the hour protects a writer on another whose lock does not
// travel. Where a folder cannot be locked or deleted it stays.
void DeleteAbandonedStagingFolders(const std::string& parent);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_STAGING_FOLDER_H_
