#include "models/io/rows.h"

#include <zlib.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/csv.h"
#include "models/io/files.h"
#include "models/io/npy.h"

namespace scoreserve {
namespace {

constexpr char kStandardStream[] = "-";

absl::Status UnknownSuffix(absl::string_view path, absl::string_view known) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": name must end in ", known));
}

// Appends what `read` gives, piece by piece, to `text`, up to kMaxRowsBytes.
// `read` returns how much it put into the buffer: 0 at the end, less on errors.
template <typename Read>
absl::Status ReadAll(Read read, std::string& text) {
  std::string buffer(1 << 16, '\0');
  while (const int64_t got = read(buffer.data(), buffer.size())) {
    if (got < 0) return absl::DataLossError("must be readable to its end");
    text.append(buffer, 0, static_cast<size_t>(got));
    if (static_cast<int64_t>(text.size()) > kMaxRowsBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("must hold at most ", kMaxRowsBytes, " bytes"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadStandardInput() {
  std::string text;
  absl::Status status = ReadAll(
      [](char* buffer, size_t size) {
        const size_t got = std::fread(buffer, 1, size, stdin);
        return std::ferror(stdin) ? int64_t{-1} : static_cast<int64_t>(got);
      },
      text);
  if (!status.ok()) return status;
  return text;
}

absl::StatusOr<std::string> ReadGzip(const std::string& path) {
  const gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return FileError(errno, "cannot open", path);
  absl::Cleanup close = [file] { gzclose(file); };
  std::string text;
  const auto read = [file](char* buffer, size_t size) {
    return int64_t{gzread(file, buffer, static_cast<unsigned>(size))};
  };
  if (const absl::Status status = ReadAll(read, text); !status.ok()) {
    return InFile(path, status);
  }
  // What zlib read of a file that was cut short counts as read until closed.
  std::move(close).Cancel();
  if (gzclose(file) != Z_OK) {
    return InFile(path, absl::DataLossError("must be readable to its end"));
  }
  return text;
}

absl::StatusOr<std::string> ReadContents(const std::string& path) {
  if (path == kStandardStream) return ReadStandardInput();
  if (absl::EndsWith(path, ".gz")) return ReadGzip(path);
  return ReadFile(path, kMaxRowsBytes);
}

}  // namespace

absl::StatusOr<Rows> ReadRows(const std::string& path) {
  const bool npy = absl::EndsWith(path, ".npy");
  if (!npy && path != kStandardStream && !absl::EndsWith(path, ".csv") &&
      !absl::EndsWith(path, ".csv.gz")) {
    return UnknownSuffix(path, ".npy, .csv or .csv.gz");
  }
  const absl::StatusOr<std::string> contents = ReadContents(path);
  if (!contents.ok()) return contents.status();
  absl::StatusOr<Rows> rows = npy ? ParseNpy(*contents) : ParseCsv(*contents);
  if (!rows.ok()) return InFile(path, rows.status());
  return rows;
}

absl::Status WriteRows(const std::string& path, const Rows& rows) {
  if (path == kStandardStream) {
    const std::string text = SerializeCsv(rows);
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
        std::fflush(stdout) == 0) {
      return absl::OkStatus();
    }
    return FileError(errno, "cannot write", "standard output");
  }
  if (absl::EndsWith(path, ".npy")) return WriteFile(path, SerializeNpy(rows));
  if (absl::EndsWith(path, ".csv")) return WriteFile(path, SerializeCsv(rows));
  return UnknownSuffix(path, ".npy or .csv");
}

}  // namespace scoreserve
