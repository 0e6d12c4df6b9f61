// Amounts of memory as people write and read them.

#ifndef SCORESERVE_MODELS_BYTE_SIZE_H_
#define SCORESERVE_MODELS_BYTE_SIZE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace scoreserve {

// "8GiB", "1.5GiB", "512MiB", "64KiB", or bytes: "1000000". At least 1 byte.
// INVALID_ARGUMENT naming `field`.
absl::StatusOr<int64_t> ParseByteSize(absl::string_view field,
                                      absl::string_view text);

// "1.5 GiB": four digits, of the largest unit that there is one of.
std::string ByteSizeText(int64_t bytes);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_BYTE_SIZE_H_
