#include "models/io/staging_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <random>
#include <system_error>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/failpoint.h"
#include "models/io/files.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kPrefix = ".tmp-";
constexpr size_t kDigits = 16;
constexpr std::chrono::hours kAbandonedAfter(1);

std::string NewName() {
  std::random_device random;
  return absl::StrCat(kPrefix, absl::Hex(random(), absl::kZeroPad8),
                      absl::Hex(random(), absl::kZeroPad8));
}

bool IsStagingName(absl::string_view name) {
  return absl::StartsWith(name, kPrefix) &&
         name.size() == kPrefix.size() + kDigits &&
         std::all_of(name.begin() + kPrefix.size(), name.end(),
                     [](unsigned char c) { return absl::ascii_isxdigit(c); });
}

int OpenFolder(const std::string& path) {
  return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

bool IsUntouched(const fs::path& path) {
  std::error_code error;
  const fs::file_time_type written = fs::last_write_time(path, error);
  return !error && fs::file_time_type::clock::now() - written > kAbandonedAfter;
}

}  // namespace

absl::StatusOr<StagingFolder> StagingFolder::In(const std::string& parent) {
  while (true) {
    std::string path = (fs::path(parent) / NewName()).string();
    // mkdtemp() would hide it from servers that run as another user.
    if (::mkdir(path.c_str(), 0777) != 0) {
      if (errno == EEXIST) continue;
      return FileError(errno, "cannot create", path);
    }
    Failpoint("staging folder: made");
    int lock = OpenFolder(path);
    // Waits, if at all, for one who looks whether this is abandoned.
    if (lock >= 0 && ::flock(lock, LOCK_EX) != 0) {
      ::close(lock);
      lock = -1;
    }
    return StagingFolder(std::move(path), lock);
  }
}

StagingFolder::~StagingFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

void DeleteAbandonedStagingFolders(const std::string& parent) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(parent, error), end; !error && entry != end;
       entry.increment(error)) {
    if (IsStagingName(entry->path().filename().string()))
      found.push_back(entry->path());
  }
  for (const fs::path& path : found) {
    const int lock = OpenFolder(path.string());
    if (lock < 0) continue;
    const absl::Cleanup close = [lock] { ::close(lock); };
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0 && IsUntouched(path))
      fs::remove_all(path, error);
  }
}

}  // namespace scoreserve
