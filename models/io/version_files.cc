#include "models/io/version_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/io/files.h"
#include "models/io/inside_root.h"
#include "models/io/manifest.h"
#include "models/status.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxManifestBytes = int64_t{1} << 20;

absl::Status Corrupt(absl::string_view message) {
  return WithReason(absl::FailedPreconditionError(message),
                    Reason::kCorruptModel);
}

// A descriptor of the file at `path`, which must be `size` bytes long.
absl::StatusOr<int> OpenFile(const std::string& root, const fs::path& path,
                             int64_t size) {
  const absl::StatusOr<std::string> real = ResolveInside(root, path);
  if (!real.ok()) return real.status();
  const int file = ::open(real->c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return FileError(errno, "cannot open", path.string());
  struct stat info;
  const bool known = ::fstat(file, &info) == 0;
  if (known && S_ISREG(info.st_mode) && info.st_size == size) return file;
  ::close(file);
  return Corrupt(absl::StrCat(path.string(), ": must be a file of ", size,
                              " bytes, as MANIFEST says"));
}

}  // namespace

absl::StatusOr<VersionFiles> VersionFiles::Open(
    const ModelRepository& repository, absl::string_view model,
    int64_t version) {
  const absl::Status named = CheckModelName("model", model);
  if (!named.ok()) return named;
  const fs::path folder = fs::path(repository.root()) / std::string(model) /
                          std::to_string(version);
  const absl::Status missing = WithReason(
      absl::NotFoundError(absl::StrCat("model '", model, "' has no version ",
                                       version, " with a MANIFEST")),
      Reason::kVersionNotFound);
  const absl::StatusOr<std::string> path =
      ResolveInside(repository.root(), folder / kManifestName);
  if (absl::IsNotFound(path.status())) return missing;
  if (!path.ok()) return path.status();
  const absl::StatusOr<std::string> text = ReadFile(*path, kMaxManifestBytes);
  if (absl::IsNotFound(text.status())) return missing;
  if (!text.ok()) return text.status();
  const absl::StatusOr<Manifest> manifest = ParseManifest(*text);
  if (!manifest.ok()) {
    return Corrupt(InFile(*path, manifest.status()).message());
  }

  VersionFiles files;
  for (const auto& [name, entry] : *manifest) {
    files.files_.push_back({name, entry.size, entry.sha256});
  }
  const ManifestEntry own = EntryFor(*text);
  files.files_.push_back({kManifestName, own.size, own.sha256});
  for (const VersionFile& file : files.files_) {
    const absl::StatusOr<int> opened =
        OpenFile(repository.root(), folder / file.name, file.size);
    if (absl::IsNotFound(opened.status())) return missing;
    if (!opened.ok()) return opened.status();
    files.descriptors_.push_back(*opened);
  }
  return files;
}

VersionFiles::~VersionFiles() {
  for (const int file : descriptors_) ::close(file);
}

absl::StatusOr<std::string> VersionFiles::Read(size_t file, int64_t offset,
                                               int64_t max_bytes) const {
  const VersionFile& entry = files_[file];
  std::string bytes(
      static_cast<size_t>(std::min(max_bytes, entry.size - offset)), '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got =
        ::pread(descriptors_[file], bytes.data() + done, bytes.size() - done,
                static_cast<off_t>(offset + static_cast<int64_t>(done)));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError(errno, "cannot read", entry.name);
    if (got == 0) {
      return absl::DataLossError(
          absl::StrCat(entry.name, ": has become shorter than ", entry.size,
                       " bytes while it was read"));
    }
    done += static_cast<size_t>(got);
  }
  return bytes;
}

}  // namespace scoreserve
