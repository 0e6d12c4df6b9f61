#ifndef SCORESERVE_MODELS_FINITE_H_
#define SCORESERVE_MODELS_FINITE_H_

#include <bit>
#include <cstdint>

#include "absl/types/span.h"

namespace scoreserve {

// Whether no value is NaN or infinite. Looks at the exponents as integers, so
// the loop vectorises without relaxed floating point.
inline bool AllFinite(absl::Span<const float> values) {
  constexpr uint32_t kExponent = 0x7f800000u;
  uint32_t bad = 0;
  for (const float value : values) {
    bad |= static_cast<uint32_t>((std::bit_cast<uint32_t>(value) & kExponent) ==
                                 kExponent);
  }
  return bad == 0;
}

// The first row, of `dim` values each, that is not finite. Requires that one
// is.
inline int64_t FirstBadRow(absl::Span<const float> values, int64_t dim) {
  int64_t row = 0;
  while (AllFinite(values.subspan(row * dim, dim))) ++row;
  return row;
}

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_FINITE_H_
