#include "models/io/manifest.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "models/io/sha256.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr size_t kMaxNameBytes = 63;

std::string Line(absl::string_view name, const ManifestEntry& entry) {
  return absl::StrCat(entry.sha256, " ", entry.size, " ", name, "\n");
}

// Takes the line of `name` apart, and checks that it is written as Line() does.
bool ParseLine(absl::string_view line, std::string& name,
               ManifestEntry& entry) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  if (words.size() != 3 || !absl::SimpleAtoi(words[1], &entry.size)) {
    return false;
  }
  entry.sha256 = std::string(words[0]);
  name = std::string(words[2]);
  return entry.size >= 0 && Line(name, entry) == absl::StrCat(line, "\n");
}

}  // namespace

absl::Status CheckFileName(absl::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
  });
  if (plain && !name.empty() && name.size() <= kMaxNameBytes &&
      absl::ascii_isalnum(static_cast<unsigned char>(name[0])) &&
      name != kManifestName) {
    return absl::OkStatus();
  }
  return InvalidField(
      "file name", "[A-Za-z0-9][A-Za-z0-9._-]{0,62} and not MANIFEST",
      absl::StrCat("'", absl::CHexEscape(name.substr(0, 100)), "'"));
}

ManifestEntry EntryFor(absl::string_view contents) {
  return {.size = static_cast<int64_t>(contents.size()),
          .sha256 = Sha256Hex(contents)};
}

absl::Status CheckContents(const ManifestEntry& entry,
                           absl::string_view contents) {
  const int64_t size = static_cast<int64_t>(contents.size());
  if (size != entry.size) {
    return absl::FailedPreconditionError(
        absl::StrCat("must be ", entry.size,
                     " bytes long, as MANIFEST says; "
                     "was ",
                     size));
  }
  if (Sha256Hex(contents) == entry.sha256) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "must have the SHA-256 that MANIFEST says; it was changed or damaged");
}

std::string SerializeManifest(const Manifest& manifest) {
  std::string text;
  for (const auto& [name, entry] : manifest) text += Line(name, entry);
  return absl::StrCat(text, Line(kManifestName, EntryFor(text)));
}

absl::StatusOr<Manifest> ParseManifest(absl::string_view text) {
  const absl::Status broken = absl::FailedPreconditionError(
      "must end in a line with its own SHA-256; it was cut short or changed");
  Manifest manifest;
  size_t place = 0;
  while (true) {
    const size_t end = text.find('\n', place);
    if (end == text.npos) return broken;
    std::string name;
    ManifestEntry entry;
    if (!ParseLine(text.substr(place, end - place), name, entry)) return broken;
    if (name == kManifestName) {
      const bool whole = end + 1 == text.size();
      if (whole && CheckContents(entry, text.substr(0, place)).ok()) break;
      return broken;
    }
    // A whole manifest with such a name was made by somebody else.
    if (!CheckFileName(name).ok()) return broken;
    manifest[std::move(name)] = std::move(entry);
    place = end + 1;
  }
  return manifest;
}

}  // namespace scoreserve
