// The handwritten digits as experiments take them.

#ifndef SCORESERVE_MODELS_EXPERIMENTS_DIGIT_ROWS_H_
#define SCORESERVE_MODELS_EXPERIMENTS_DIGIT_ROWS_H_

#include <cstdint>
#include <string>

#include "ATen/core/Tensor.h"
#include "absl/status/statusor.h"

namespace scoreserve {

inline constexpr int64_t kPixels = 64;  // 8 × 8.

// Pixels 0, 1, …, 16 as they are in the file: float32 [rows, kPixels].
struct DigitRows {
  at::Tensor training, test;
};

// Those of `folder`, a tenth of them for tests: which ones is decided by
// `seed`. INVALID_ARGUMENT or NOT_FOUND as ReadRows().
absl::StatusOr<DigitRows> ReadDigits(const std::string& folder, uint64_t seed);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_DIGIT_ROWS_H_
