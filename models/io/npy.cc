#include "models/io/npy.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "models/io/rows.h"

namespace scoreserve {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr absl::string_view kMagic("\x93NUMPY", 6);
constexpr size_t kAlignment = 64;  // Of the data, as numpy writes it.

struct Header {
  std::string descr;  // "<f4", …
  std::vector<int64_t> shape;
};

// What follows `key` in the header's Python literal, which numpy writes as
// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
std::optional<absl::string_view> After(absl::string_view text,
                                       absl::string_view key) {
  const std::string quoted = absl::StrCat("'", key, "':");
  const size_t at = text.find(quoted);
  if (at == text.npos) return std::nullopt;
  return absl::StripLeadingAsciiWhitespace(text.substr(at + quoted.size()));
}

absl::StatusOr<std::vector<int64_t>> ParseShape(absl::string_view text) {
  const size_t end = text.find(')');
  if (!absl::ConsumePrefix(&text, "(") || end == text.npos) {
    return absl::InvalidArgumentError("header must have a tuple as its shape");
  }
  std::vector<int64_t> shape;
  for (const absl::string_view size :
       absl::StrSplit(text.substr(0, end - 1), ',', absl::SkipWhitespace())) {
    int64_t& number = shape.emplace_back();
    if (!absl::SimpleAtoi(size, &number) || number < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("shape must hold whole numbers; had '",
                       absl::CHexEscape(size.substr(0, 40)), "'"));
    }
  }
  if (shape.empty()) {
    return absl::InvalidArgumentError("shape must have an axis for the rows");
  }
  return shape;
}

absl::StatusOr<Header> ParseHeader(absl::string_view text) {
  const std::optional<absl::string_view> descr = After(text, "descr"),
                                         order = After(text, "fortran_order"),
                                         shape = After(text, "shape");
  if (!descr.has_value() || !order.has_value() || !shape.has_value()) {
    return absl::InvalidArgumentError(
        "header must have descr, fortran_order and shape");
  }
  if (!absl::StartsWith(*order, "False")) {
    return absl::InvalidArgumentError("array must be in C order");
  }
  const size_t end = descr->find('\'', 1);
  if (!absl::StartsWith(*descr, "'") || end == descr->npos) {
    return absl::InvalidArgumentError("array must be of plain numbers");
  }
  const absl::StatusOr<std::vector<int64_t>> sizes = ParseShape(*shape);
  if (!sizes.ok()) return sizes.status();
  return Header{.descr = std::string(descr->substr(1, end - 1)),
                .shape = *sizes};
}

// `data` as `count` numbers of type Number.
template <typename Number>
absl::StatusOr<Rows> Convert(absl::string_view data, int64_t dim,
                             int64_t count) {
  // Divided, since a product might overflow.
  if (data.size() % sizeof(Number) != 0 ||
      data.size() / sizeof(Number) != static_cast<size_t>(count)) {
    return absl::InvalidArgumentError(
        absl::StrCat("data must be ", count, " numbers of ", sizeof(Number),
                     " bytes, as the shape says; was ", data.size(), " bytes"));
  }
  Rows rows = {.dim = dim, .values = std::vector<float>(count)};
  for (int64_t i = 0; i < count; ++i) {
    Number number;
    std::memcpy(&number, data.data() + i * sizeof(Number), sizeof(Number));
    rows.values[i] = static_cast<float>(number);
    if (!std::isfinite(rows.values[i])) {
      return absl::InvalidArgumentError(
          absl::StrCat("row ", i / dim + 1, ", column ", i % dim + 1,
                       " must be finite; was ", number));
    }
  }
  return rows;
}

// The header's text, taken off the front of `bytes` with all before it.
absl::StatusOr<absl::string_view> TakeHeaderText(absl::string_view& bytes) {
  if (!absl::ConsumePrefix(&bytes, kMagic) || bytes.size() < 2) {
    return absl::InvalidArgumentError("must begin as .npy files do");
  }
  const int version = bytes[0];
  if (version < 1 || version > 3) {
    return absl::InvalidArgumentError(
        absl::StrCat("version must be 1, 2 or 3; was ", version));
  }
  bytes.remove_prefix(2);
  const size_t length_bytes = version == 1 ? 2 : 4;
  uint32_t length = 0;
  if (bytes.size() >= length_bytes) {
    std::memcpy(&length, bytes.data(), length_bytes);
    bytes.remove_prefix(length_bytes);
  }
  if (length == 0 || length > bytes.size()) {
    return absl::InvalidArgumentError("header must end inside the file");
  }
  const absl::string_view text = bytes.substr(0, length);
  bytes.remove_prefix(length);
  return text;
}

}  // namespace

absl::StatusOr<Rows> ParseNpy(absl::string_view bytes) {
  const absl::StatusOr<absl::string_view> text = TakeHeaderText(bytes);
  if (!text.ok()) return text.status();
  const absl::StatusOr<Header> header = ParseHeader(*text);
  if (!header.ok()) return header.status();

  int64_t dim = 1, count = 0;
  bool fits = true;
  for (size_t axis = 1; axis < header->shape.size(); ++axis) {
    fits &= !__builtin_mul_overflow(dim, header->shape[axis], &dim);
  }
  fits &= !__builtin_mul_overflow(dim, header->shape[0], &count);
  if (!fits || dim == 0) {
    return absl::InvalidArgumentError(
        "shape must have at least one number a row, and not too many to count");
  }
  if (header->descr == "<f4") return Convert<float>(bytes, dim, count);
  if (header->descr == "<f8") return Convert<double>(bytes, dim, count);
  if (header->descr == "<i4") return Convert<int32_t>(bytes, dim, count);
  if (header->descr == "<i8") return Convert<int64_t>(bytes, dim, count);
  if (header->descr == "|u1") return Convert<uint8_t>(bytes, dim, count);
  return absl::InvalidArgumentError(
      absl::StrCat("descr must be <f4, <f8, <i4, <i8 or |u1; was ",
                   absl::CHexEscape(header->descr.substr(0, 40))));
}

std::string SerializeNpy(const Rows& rows) {
  std::string text =
      absl::StrCat("{'descr': '<f4', 'fortran_order': False, 'shape': (",
                   rows.rows(), ", ", rows.dim, "), }");
  // Magic, version and the length's two bytes; the text ends in a newline.
  const size_t before = kMagic.size() + 4;
  const size_t whole =
      (before + text.size() + 1 + kAlignment - 1) / kAlignment * kAlignment;
  text.resize(whole - before - 1, ' ');
  text += '\n';

  std::string bytes(kMagic);
  bytes += '\x01';
  bytes += '\x00';
  const uint16_t length = static_cast<uint16_t>(text.size());
  bytes.append(reinterpret_cast<const char*>(&length), sizeof(length));
  bytes += text;
  bytes.append(reinterpret_cast<const char*>(rows.values.data()),
               rows.values.size() * sizeof(float));
  return bytes;
}

}  // namespace scoreserve
