#include "models/io/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/failpoint.h"

namespace scoreserve {
namespace {

// One call moves at most this much: Linux cuts longer ones short anyway.
constexpr size_t kMaxBytesPerCall = size_t{1} << 30;

// The folder that `path` lies in.
std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// Writes all of `contents`, then syncs if asked to; closes `file` always.
absl::Status WriteAndClose(int file, const std::string& path,
                           absl::string_view contents, bool sync) {
  absl::Cleanup close = [file] { ::close(file); };
  while (!contents.empty()) {
    const ssize_t written = ::write(
        file, contents.data(), std::min(contents.size(), kMaxBytesPerCall));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FileError(errno, "cannot write", path);
    contents.remove_prefix(written);
  }
  if (sync) {
    Failpoint("file: written");
    if (::fsync(file) != 0) return FileError(errno, "cannot sync", path);
    Failpoint("file: synced");
  }
  std::move(close).Cancel();
  // Some file systems report a failed write only here.
  if (::close(file) != 0) return FileError(errno, "cannot close", path);
  return absl::OkStatus();
}

}  // namespace

absl::Status InFile(absl::string_view path, const absl::Status& status) {
  absl::Status outer(status.code(), absl::StrCat(path, ": ", status.message()));
  status.ForEachPayload(
      [&outer](absl::string_view key, const absl::Cord& value) {
        outer.SetPayload(key, value);
      });
  return outer;
}

absl::Status FileError(int error_number, absl::string_view action,
                       absl::string_view path) {
  const std::string message = absl::StrCat(action, " ", path);
  const absl::Status status = absl::ErrnoToStatus(error_number, message);
  if (error_number != EIO) return status;
  return absl::DataLossError(status.message());
}

absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     int64_t max_bytes) {
  // Not to hang on a pipe that nobody writes to.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return FileError(errno, "cannot open", path);
  absl::Cleanup close = [file] { ::close(file); };
  struct stat info;
  if (::fstat(file, &info) != 0) return FileError(errno, "cannot read", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": must be a regular file"));
  }
  if (info.st_size > max_bytes) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, ": must be at most ", max_bytes, " bytes; was ", info.st_size));
  }
  std::string contents(static_cast<size_t>(info.st_size), '\0');
  size_t done = 0;
  while (done < contents.size()) {
    const ssize_t got =
        ::pread(file, contents.data() + done,
                std::min(contents.size() - done, kMaxBytesPerCall),
                static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError(errno, "cannot read", path);
    if (got == 0) break;  // Cut short since fstat().
    done += static_cast<size_t>(got);
  }
  contents.resize(done);
  return contents;
}

absl::Status WriteFile(const std::string& path, absl::string_view contents) {
  const int file =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return FileError(errno, "cannot open", path);
  return WriteAndClose(file, path, contents, /*sync=*/false);
}

absl::Status WriteNewFileSynced(const std::string& path,
                                absl::string_view contents) {
  const int file =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return FileError(errno, "cannot create", path);
  Failpoint("file: created");
  return WriteAndClose(file, path, contents, /*sync=*/true);
}

absl::Status ReplaceFileSynced(const std::string& path,
                               absl::string_view contents) {
  const std::string temporary = path + ".tmp";
  if (::unlink(temporary.c_str()) != 0 && errno != ENOENT) {
    return FileError(errno, "cannot delete", temporary);
  }
  if (absl::Status written = WriteNewFileSynced(temporary, contents);
      !written.ok()) {
    ::unlink(temporary.c_str());
    return written;
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) {
    const absl::Status failed = FileError(errno, "cannot rename to", path);
    ::unlink(temporary.c_str());
    return failed;
  }
  Failpoint("file: renamed");
  return SyncFolder(FolderOf(path));
}

absl::Status MakeFoldersSynced(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0) {
    Failpoint("folder: made");
    return SyncFolder(FolderOf(path));
  }
  if (errno == EEXIST) return absl::OkStatus();
  if (errno != ENOENT || !std::filesystem::path(path).has_parent_path()) {
    return FileError(errno, "cannot create", path);
  }
  const absl::Status above = MakeFoldersSynced(FolderOf(path), mode);
  return above.ok() ? MakeFoldersSynced(path, mode) : above;
}

absl::Status SyncFolder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return FileError(errno, "cannot open", path);
  absl::Cleanup close = [folder] { ::close(folder); };
  if (::fsync(folder) != 0) return FileError(errno, "cannot sync", path);
  Failpoint("folder: synced");
  return absl::OkStatus();
}

}  // namespace scoreserve
