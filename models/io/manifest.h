// MANIFEST: what a version of a model must hold to be valid.
//
//   <sha256> <size> <name>        one line a file, by name
//   <sha256> <size> MANIFEST      of all the lines above, as the last line
//
// So a manifest that was cut short or changed is told from a whole one.

#ifndef SCORESERVE_MODELS_IO_MANIFEST_H_
#define SCORESERVE_MODELS_IO_MANIFEST_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace scoreserve {

inline constexpr char kManifestName[] = "MANIFEST";

struct ManifestEntry {
  int64_t size = 0;    // In bytes.
  std::string sha256;  // 64 lower-case hexadecimal digits.
};
using Manifest = std::map<std::string, ManifestEntry>;  // By file name.

// OK for names that a manifest takes: [A-Za-z0-9][A-Za-z0-9._-]{0,62}, but not
// MANIFEST itself. INVALID_ARGUMENT naming the name.
absl::Status CheckFileName(absl::string_view name);

ManifestEntry EntryFor(absl::string_view contents);

// OK where `contents` is what `entry` says; FAILED_PRECONDITION else, saying
// whether the size or the sum differs.
absl::Status CheckContents(const ManifestEntry& entry,
                           absl::string_view contents);

// Requires names that CheckFileName() takes.
std::string SerializeManifest(const Manifest& manifest);

// FAILED_PRECONDITION for what SerializeManifest() did not make.
absl::StatusOr<Manifest> ParseManifest(absl::string_view text);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_MANIFEST_H_
