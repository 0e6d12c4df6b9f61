#include "models/io/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "models/io/rows.h"

namespace scoreserve {
namespace {

constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";

bool IsNumber(absl::string_view cell) {
  float ignored;
  return absl::SimpleAtof(cell, &ignored);
}

// Appends the numbers of `line`, which is the `number`-th.
absl::Status ParseLine(absl::string_view line, char separator, int64_t number,
                       std::vector<float>& values) {
  int64_t column = 0;
  for (absl::string_view cell : absl::StrSplit(line, separator)) {
    ++column;
    float value = 0;
    // Takes "nan" and "inf" too, and gives inf for what is too large.
    const bool is_number = absl::SimpleAtof(cell, &value);
    if (!is_number || !std::isfinite(value)) {
      cell = absl::StripAsciiWhitespace(cell);
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, ", column ", column, " must be ",
                       is_number ? "finite" : "a number", "; was '",
                       absl::CHexEscape(cell.substr(0, 40)), "'"));
    }
    values.push_back(value);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Rows> ParseCsv(absl::string_view text) {
  absl::ConsumePrefix(&text, kByteOrderMark);
  text = absl::StripTrailingAsciiWhitespace(text);
  const absl::string_view first = text.substr(0, text.find('\n'));
  const char separator = first.find(';') == first.npos ? ',' : ';';
  const std::vector<absl::string_view> cells = absl::StrSplit(first, separator);
  const bool has_heading = std::none_of(cells.begin(), cells.end(), IsNumber);

  Rows rows;
  int64_t number = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (++number == 1 && has_heading) continue;
    const size_t before = rows.values.size();
    const absl::Status status = ParseLine(line, separator, number, rows.values);
    if (!status.ok()) return status;
    const int64_t dim = static_cast<int64_t>(rows.values.size() - before);
    if (rows.dim == 0) rows.dim = dim;
    if (dim != rows.dim) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, " must have ", rows.dim,
                       " numbers, as those before it; had ", dim));
    }
  }
  if (rows.values.empty()) {
    return absl::InvalidArgumentError("must have at least one line of numbers");
  }
  return rows;
}

std::string SerializeCsv(const Rows& rows) {
  std::string text;
  for (int64_t row = 0; row < rows.rows(); ++row) {
    for (int64_t i = 0; i < rows.dim; ++i) {
      char digits[32];
      const auto end =
          std::to_chars(digits, digits + sizeof(digits), rows.row(row)[i]).ptr;
      text.append(digits, end);
      text += i + 1 == rows.dim ? '\n' : ',';
    }
  }
  return text;
}

}  // namespace scoreserve
