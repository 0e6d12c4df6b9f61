// Whole files, with the checks and the syncs that a shared folder asks for.

#ifndef SCORESERVE_MODELS_IO_FILES_H_
#define SCORESERVE_MODELS_IO_FILES_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace scoreserve {

// The same status with "`path`: " before its message.
absl::Status InFile(absl::string_view path, const absl::Status& status);

// "`action` `path`: `what the system says`" with the code that fits
// `error_number`: NOT_FOUND, PERMISSION_DENIED, RESOURCE_EXHAUSTED for a full
// disk, DATA_LOSS for a failing one, …
absl::Status FileError(int error_number, absl::string_view action,
                       absl::string_view path);

// The contents of the regular file `path`, in memory of our own: a file that
// changes later changes nothing. FAILED_PRECONDITION where it is longer than
// `max_bytes` (it is then not read) or no regular file.
absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     int64_t max_bytes);

// Replaces the contents of `path`. Not durable, and not atomic.
absl::Status WriteFile(const std::string& path, absl::string_view contents);

// Creates `path`, which must not exist, and returns once the contents are on
// the disk. Its name is only as durable as its folder: see SyncFolder().
absl::Status WriteNewFileSynced(const std::string& path,
                                absl::string_view contents);

// Replaces `path`, or creates it, such that whoever reads it, also after a
// crash at any moment, finds the old contents or the new ones whole. Returns
// once these are on the disk. Only one writer at a time: `path`.tmp is its own.
absl::Status ReplaceFileSynced(const std::string& path,
                               absl::string_view contents);

// Makes the folder `path` and those above it that are missing, each durably.
absl::Status MakeFoldersSynced(const std::string& path, mode_t mode = 0777);

// Returns once the names in the folder `path` are on the disk.
absl::Status SyncFolder(const std::string& path);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_FILES_H_
