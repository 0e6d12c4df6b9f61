#include "models/byte_size.h"

#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "models/status.h"

namespace scoreserve {
namespace {

struct Unit {
  const char* name;
  int64_t bytes;
};
constexpr Unit kUnits[] = {{"TiB", int64_t{1} << 40},
                           {"GiB", int64_t{1} << 30},
                           {"MiB", int64_t{1} << 20},
                           {"KiB", int64_t{1} << 10}};

}  // namespace

absl::StatusOr<int64_t> ParseByteSize(absl::string_view field,
                                      absl::string_view text) {
  absl::string_view number = text;
  int64_t unit = 1;
  for (const Unit& u : kUnits) {
    if (absl::ConsumeSuffix(&number, u.name)) {
      unit = u.bytes;
      break;
    }
  }
  double of = 0.0;
  // Not of a NaN either. 2^62 bytes are more than any machine has.
  if (absl::SimpleAtod(number, &of) && of * static_cast<double>(unit) >= 1.0 &&
      of * static_cast<double>(unit) <= std::ldexp(1.0, 62)) {
    return static_cast<int64_t>(of * static_cast<double>(unit));
  }
  return InvalidField(field, "a size, like 8GiB, 512MiB or 1000000",
                      absl::StrCat("'", text, "'"));
}

std::string ByteSizeText(int64_t bytes) {
  for (const Unit& u : kUnits) {
    if (bytes < u.bytes) continue;
    return absl::StrFormat(
        "%.4g %s", static_cast<double>(bytes) / static_cast<double>(u.bytes),
        u.name);
  }
  return absl::StrCat(bytes, " bytes");
}

}  // namespace scoreserve
