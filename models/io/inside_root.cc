#include "models/io/inside_root.h"

#include <algorithm>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/io/files.h"

namespace scoreserve {

namespace fs = std::filesystem;

absl::StatusOr<std::string> ResolveInside(const fs::path& root,
                                          const fs::path& path) {
  std::error_code error;
  const fs::path real_root = fs::canonical(root, error);
  if (error) return FileError(error.value(), "cannot find", root.string());
  const fs::path real = fs::canonical(path, error);
  if (error) return FileError(error.value(), "cannot find", path.string());
  const auto [end, ignored] = std::mismatch(real_root.begin(), real_root.end(),
                                            real.begin(), real.end());
  if (end == real_root.end()) return real.string();
  return absl::PermissionDeniedError(
      absl::StrCat(path.string(), " must lie in ", root.string(),
                   "; is a symbolic link to ", real.string()));
}

}  // namespace scoreserve
