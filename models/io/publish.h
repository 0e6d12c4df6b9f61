// How a version comes to be, all at once.

#ifndef SCORESERVE_MODELS_IO_PUBLISH_H_
#define SCORESERVE_MODELS_IO_PUBLISH_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace scoreserve {

// The names in the folder `path`, in no order, without "." and "..".
absl::StatusOr<std::vector<std::string>> FolderNames(const std::string& path);

// The version that a folder called `name` holds; 0 where it is not the plain
// decimal form of a positive integer.
int64_t VersionOfFolder(absl::string_view name);

// Makes `contents`, files by name, the next version in the folder
// `model_folder`, with their MANIFEST, and returns its number: one more than
// the highest there, whatever that holds. It is durable when this returns, and
// is never seen in part. Makes the folder, and those above it, if need be, and
// tidies up after writers that were killed (staging_folder.h). Safe to call
// from many threads and processes at once.
absl::StatusOr<int64_t> PublishVersion(
    const std::string& model_folder,
    const std::map<std::string, std::string>& contents);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_PUBLISH_H_
