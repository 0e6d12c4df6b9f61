#include "server/state/state_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "models/io/files.h"
#include "models/status.h"

namespace scoreserve {
namespace {

absl::Status Failed(const char* action, const std::string& path) {
  return WithReason(FileError(errno, action, path), Reason::kStorageFailed);
}

std::string HolderOf(int lock) {
  char text[32];
  const ssize_t size = ::pread(lock, text, sizeof(text), 0);
  int64_t pid = 0;
  return size > 0 && absl::SimpleAtoi(absl::string_view(text, size), &pid)
             ? absl::StrCat("pid ", pid)
             : "another process";
}

}  // namespace

absl::StatusOr<StateFolder> StateFolder::Lock(const std::string& path) {
  absl::Status made = MakeFoldersSynced(path, 0700);
  if (!made.ok()) return WithReason(made, Reason::kStorageFailed);
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) != 0)
    return Failed("cannot write to", path);
  const std::string file = path + "/LOCK";
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return Failed("cannot open", file);
  StateFolder folder(path, lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Failed("cannot lock", file);
    return WithReason(absl::FailedPreconditionError(
                          absl::StrCat(path, " is locked by ", HolderOf(lock))),
                      Reason::kStorageFailed);
  }
  // For that message alone, so it may fail; of one length, so that it takes no
  // room from a full disk.
  const std::string pid = absl::StrFormat("%-20d\n", ::getpid());
  if (::pwrite(lock, pid.data(), pid.size(), 0) < 0) return folder;
  return folder;
}

StateFolder::~StateFolder() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace scoreserve
