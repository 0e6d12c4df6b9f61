#ifndef SCORESERVE_SERVER_STATE_STATE_FOLDER_H_
#define SCORESERVE_SERVER_STATE_STATE_FOLDER_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace scoreserve {

// A folder that one process alone uses, for as long as this object lives:
// <folder>/LOCK is locked, and holds its number. Not thread-safe.
class StateFolder {
 public:
  // Makes the folder, for this user alone, if need be. FAILED_PRECONDITION
  // "… is locked by pid N"; PERMISSION_DENIED where it cannot be written; other
  // codes of FileError(). All with the reason STORAGE_FAILED and the path.
  static absl::StatusOr<StateFolder> Lock(const std::string& path);

  StateFolder(StateFolder&& other) noexcept
      : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}
  StateFolder& operator=(StateFolder&&) = delete;
  ~StateFolder();

  const std::string& path() const { return path_; }

 private:
  StateFolder(std::string path, int lock)
      : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;  // A descriptor; -1 once moved from.
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_STATE_STATE_FOLDER_H_
