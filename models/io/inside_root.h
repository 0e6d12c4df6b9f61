#ifndef SCORESERVE_MODELS_IO_INSIDE_ROOT_H_
#define SCORESERVE_MODELS_IO_INSIDE_ROOT_H_

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"

namespace scoreserve {

// `path` without symbolic links; PERMISSION_DENIED where that is not below
// `root`, NOT_FOUND where there is no such file.
absl::StatusOr<std::string> ResolveInside(const std::filesystem::path& root,
                                          const std::filesystem::path& path);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_INSIDE_ROOT_H_
