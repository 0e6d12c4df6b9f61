// The names of the numbers that a network computes in, for the file that asks
// for one and for networks/precision.h, which says what they are.

#ifndef SCORESERVE_MODELS_IO_PRECISION_NAME_H_
#define SCORESERVE_MODELS_IO_PRECISION_NAME_H_

#include <array>
#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/status.h"

namespace scoreserve {

// In the order of Precision.
inline constexpr std::array<absl::string_view, 3> kPrecisionNames = {
    "fp32", "tf32", "bf16"};

// Its place among them. INVALID_ARGUMENT naming `field`, listing the names.
inline absl::StatusOr<size_t> FindPrecisionName(absl::string_view field,
                                                absl::string_view name) {
  for (size_t i = 0; i < kPrecisionNames.size(); ++i) {
    if (kPrecisionNames[i] == name) return i;
  }
  return InvalidField(field, "fp32, tf32 or bf16",
                      absl::StrCat("'", name, "'"));
}

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_PRECISION_NAME_H_
