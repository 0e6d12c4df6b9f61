#ifndef SCORESERVE_MODELS_PLOTS_LZW_H_
#define SCORESERVE_MODELS_PLOTS_LZW_H_

#include <cstdint>
#include <string>

#include "absl/types/span.h"

namespace scoreserve {

// `symbols`, each less than 2^bits, in the variable-length codes of GIF89a,
// appendix F: of bits + 1 to 12 bits, least significant first, from a clear
// code to an end code. Requires 2 ≤ bits ≤ 8.
std::string LzwCompress(absl::Span<const uint8_t> symbols, int bits);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_LZW_H_
