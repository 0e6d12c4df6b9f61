#ifndef SCORESERVE_CLIENT_SRC_VERSION_FOLDER_H_
#define SCORESERVE_CLIENT_SRC_VERSION_FOLDER_H_

#include <openssl/evp.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "scoreserve/v1/model_admin.pb.h"

namespace scoreserve {
inline namespace client {

// A version's folder while its files arrive: under a name that no server reads,
// until all are there and are what the listing says. Deleted at the end unless
// Place() has succeeded. Thread-compatible.
class VersionFolder {
 public:
  // Will be `folder`/NAME/VERSION. DATA_LOSS for a listing with names that are
  // none, ALREADY_EXISTS where the version is there, the system's code where
  // the folder cannot be made.
  static absl::StatusOr<std::unique_ptr<VersionFolder>> In(
      const std::string& folder, const v1::VersionListing& listing);

  ~VersionFolder();

  // Takes the bytes that come next. DATA_LOSS where they are not.
  absl::Status Add(const v1::FileChunk& chunk);

  // Gives the folder its name; it is durable then. DATA_LOSS where bytes are
  // missing.
  absl::Status Place();

  const std::string& path() const { return path_; }

 private:
  VersionFolder(std::string parent, const v1::VersionListing& listing);

  // Opens the files that come next and closes those that are full, empty ones
  // in one go.
  absl::Status Advance();
  absl::Status Open();
  absl::Status Close();

  struct FreeDigest {
    void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
  };

  const std::string parent_;
  const v1::VersionListing listing_;
  std::string temporary_;  // Empty once placed.
  const std::string path_;
  int index_ = 0;       // Of the file that is being written,
  int64_t offset_ = 0;  // so far,
  int file_ = -1;       // and its descriptor.
  std::unique_ptr<EVP_MD_CTX, FreeDigest> digest_;
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_VERSION_FOLDER_H_
