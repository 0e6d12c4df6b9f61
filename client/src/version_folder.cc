#include "client/src/version_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <random>
#include <set>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace scoreserve {
inline namespace client {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxFiles = 1000;

absl::Status SystemError(absl::string_view action, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", action, " ", path));
}

absl::Status Broken(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the server's version: ", what));
}

// What is safe as the name of a file, and that the server uses: no folders, not
// hidden.
bool IsPlainName(absl::string_view name) {
  return !name.empty() && name.size() <= 63 &&
         absl::ascii_isalnum(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
         });
}

absl::Status CheckListing(const v1::VersionListing& listing) {
  if (!IsPlainName(listing.name()) || listing.version() < 1 ||
      listing.files_size() > kMaxFiles) {
    return Broken(absl::StrCat("cannot be '", absl::CHexEscape(listing.name()),
                               "@", listing.version(), "' of ",
                               listing.files_size(), " files"));
  }
  std::set<std::string> names;
  for (const v1::VersionFile& file : listing.files()) {
    if (!IsPlainName(file.name()) || file.size() < 0 ||
        !names.insert(file.name()).second) {
      return Broken(absl::StrCat("cannot have the file '",
                                 absl::CHexEscape(file.name()), "'"));
    }
  }
  return absl::OkStatus();
}

absl::Status SyncFolder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return SystemError("open", path);
  const absl::Cleanup close = [folder] { ::close(folder); };
  return ::fsync(folder) == 0 ? absl::OkStatus() : SystemError("sync", path);
}

// Such as publishers make, who delete those that were left behind.
std::string TemporaryName() {
  std::random_device random;
  return absl::StrCat(".tmp-", absl::Hex(random(), absl::kZeroPad8),
                      absl::Hex(random(), absl::kZeroPad8));
}

}  // namespace

VersionFolder::VersionFolder(std::string parent,
                             const v1::VersionListing& listing)
    : parent_(std::move(parent)),
      listing_(listing),
      path_((fs::path(parent_) / absl::StrCat(listing.version())).string()) {}

absl::StatusOr<std::unique_ptr<VersionFolder>> VersionFolder::In(
    const std::string& folder, const v1::VersionListing& listing) {
  absl::Status checked = CheckListing(listing);
  if (!checked.ok()) return checked;
  const std::string parent = (fs::path(folder) / listing.name()).string();
  auto made =
      std::unique_ptr<VersionFolder>(new VersionFolder(parent, listing));
  std::error_code error;
  if (fs::exists(made->path_, error)) {
    return absl::AlreadyExistsError(
        absl::StrCat(made->path_, " is there already"));
  }
  fs::create_directories(parent, error);
  if (error) {
    return absl::ErrnoToStatus(error.value(),
                               absl::StrCat("cannot create ", parent));
  }
  const std::string temporary = (fs::path(parent) / TemporaryName()).string();
  if (::mkdir(temporary.c_str(), 0777) != 0) {
    return SystemError("create", temporary);
  }
  made->temporary_ = temporary;
  absl::Status opened = made->Advance();
  if (!opened.ok()) return opened;
  return made;
}

VersionFolder::~VersionFolder() {
  if (file_ >= 0) ::close(file_);
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

absl::Status VersionFolder::Open() {
  const std::string path =
      (fs::path(temporary_) / listing_.files(index_).name()).string();
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file_ < 0) return SystemError("create", path);
  offset_ = 0;
  digest_.reset(EVP_MD_CTX_new());
  if (digest_ == nullptr ||
      EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr) != 1) {
    return absl::InternalError("OpenSSL has no SHA-256");
  }
  return absl::OkStatus();
}

absl::Status VersionFolder::Close() {
  const v1::VersionFile& file = listing_.files(index_);
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(digest_.get(), sum, &size) != 1) {
    return absl::InternalError("OpenSSL has no SHA-256");
  }
  const std::string found = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(sum), size));
  if (found != file.sha256()) {
    return Broken(absl::StrCat("file ", file.name(), " must have SHA-256 ",
                               file.sha256(), "; had ", found));
  }
  const int descriptor = std::exchange(file_, -1);
  const bool synced = ::fsync(descriptor) == 0;
  // Some file systems report a failed write only here.
  const bool closed = ::close(descriptor) == 0;
  return synced && closed ? absl::OkStatus()
                          : SystemError("write", file.name());
}

absl::Status VersionFolder::Advance() {
  absl::Status status;
  while (status.ok() && index_ < listing_.files_size()) {
    if (file_ < 0) status = Open();
    if (!status.ok() || offset_ < listing_.files(index_).size()) break;
    status = Close();
    ++index_;
  }
  return status;
}

absl::Status VersionFolder::Add(const v1::FileChunk& chunk) {
  if (index_ == listing_.files_size()) return Broken("has more than it listed");
  const v1::VersionFile& file = listing_.files(index_);
  absl::string_view data = chunk.data();
  const auto size = static_cast<int64_t>(data.size());
  if (chunk.name() != file.name() || chunk.offset() != offset_ || size == 0 ||
      size > file.size() - offset_) {
    return Broken(absl::StrCat("bytes of ", file.name(), " from ", offset_,
                               " of ", file.size(), " come next; came ", size,
                               " of '", absl::CHexEscape(chunk.name()),
                               "' from ", chunk.offset()));
  }
  if (EVP_DigestUpdate(digest_.get(), data.data(), data.size()) != 1) {
    return absl::InternalError("OpenSSL has no SHA-256");
  }
  while (!data.empty()) {
    const ssize_t written = ::write(file_, data.data(), data.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError("write", file.name());
    data.remove_prefix(static_cast<size_t>(written));
  }
  offset_ += size;
  return Advance();
}

absl::Status VersionFolder::Place() {
  if (index_ < listing_.files_size()) {
    return Broken(absl::StrCat("file ", listing_.files(index_).name(),
                               " ends after ", offset_, " bytes"));
  }
  absl::Status synced = SyncFolder(temporary_);
  if (!synced.ok()) return synced;
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    // No version is an empty folder, so another one was first.
    if (errno == ENOTEMPTY || errno == EEXIST) {
      return absl::AlreadyExistsError(absl::StrCat(path_, " is there already"));
    }
    return SystemError("rename to", path_);
  }
  temporary_.clear();
  return SyncFolder(parent_);
}

}  // namespace client
}  // namespace scoreserve
