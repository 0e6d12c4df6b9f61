#ifndef SCORESERVE_MODELS_IO_SHA256_H_
#define SCORESERVE_MODELS_IO_SHA256_H_

#include <string>

#include "absl/strings/string_view.h"

namespace scoreserve {

// The SHA-256 of `bytes`, as 64 lower-case hexadecimal digits. Thread-safe.
std::string Sha256Hex(absl::string_view bytes);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_SHA256_H_
