#ifndef SCORESERVE_MODELS_EXPERIMENTS_DIGIT_SHEET_H_
#define SCORESERVE_MODELS_EXPERIMENTS_DIGIT_SHEET_H_

#include <cstdint>
#include <string>

#include "ATen/core/Tensor.h"
#include "models/plots/chart.h"

namespace scoreserve {

inline constexpr int64_t kSheetSide = 10;

// Digits of pixels from 0, black, to 1, white, [kSheetSide², kPixels] float32,
// as a square of pictures.
Chart DigitSheet(const at::Tensor& digits, const std::string& title);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_DIGIT_SHEET_H_
