#ifndef SCORESERVE_MODELS_IO_VERSION_FILES_H_
#define SCORESERVE_MODELS_IO_VERSION_FILES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/model_repository.h"

namespace scoreserve {

struct VersionFile {
  std::string name;
  int64_t size = 0;    // In bytes.
  std::string sha256;  // 64 lower-case hexadecimal digits.
};

// The files of one version, as its manifest lists them, open for reading: they
// can be read to the end even where the version is deleted meanwhile.
// Thread-compatible.
class VersionFiles {
 public:
  // NOT_FOUND, VERSION_NOT_FOUND; PERMISSION_DENIED where a file lies outside
  // the repository; FAILED_PRECONDITION, CORRUPT_MODEL, where a file is not as
  // long as the manifest says. The sums are not checked here.
  static absl::StatusOr<VersionFiles> Open(const ModelRepository& repository,
                                           absl::string_view model,
                                           int64_t version);

  VersionFiles(VersionFiles&& other) noexcept
      : files_(std::move(other.files_)),
        descriptors_(std::exchange(other.descriptors_, {})) {}
  VersionFiles& operator=(VersionFiles&& other) noexcept {
    std::swap(files_, other.files_);
    std::swap(descriptors_, other.descriptors_);
    return *this;
  }
  ~VersionFiles();

  // By name, MANIFEST last.
  const std::vector<VersionFile>& files() const { return files_; }

  // The bytes of files()[file] from `offset` on, at most `max_bytes`. DATA_LOSS
  // where the file has become shorter than it was.
  absl::StatusOr<std::string> Read(size_t file, int64_t offset,
                                   int64_t max_bytes) const;

 private:
  VersionFiles() = default;

  std::vector<VersionFile> files_;
  std::vector<int> descriptors_;  // One a file.
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_VERSION_FILES_H_
