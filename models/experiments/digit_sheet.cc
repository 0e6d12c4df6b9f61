#include "models/experiments/digit_sheet.h"

#include <utility>

#include "ATen/ops/constant_pad_nd.h"

namespace scoreserve {
namespace {

constexpr int64_t kEdge = 8;            // Of a digit.
constexpr int64_t kFramed = kEdge + 2;  // With a line around it.
constexpr int64_t kPixelsAcross = kSheetSide * kFramed;

}  // namespace

Chart DigitSheet(const at::Tensor& digits, const std::string& title) {
  const at::Tensor framed = at::constant_pad_nd(
      digits.view({kSheetSide * kSheetSide, kEdge, kEdge}), {1, 1, 1, 1},
      /*value=*/0.4);
  // [row, column, y, x] → [row, y, column, x], and y upwards.
  const at::Tensor sheet =
      framed.view({kSheetSide, kSheetSide, kFramed, kFramed})
          .permute({0, 2, 1, 3})
          .reshape({kPixelsAcross, kPixelsAcross})
          .flip({0})
          .contiguous();
  const float* values = sheet.const_data_ptr<float>();
  HeatmapLayer image = {.columns = kPixelsAcross,
                        .rows = kPixelsAcross,
                        .values = {values, values + sheet.numel()},
                        .x_max = kSheetSide,
                        .y_max = kSheetSide,
                        .min = 0.0,
                        .max = 1.0,
                        .map = ColorMap::kGray,
                        .smooth = false};
  return {.title = title,
          .layers = {std::move(image)},
          .equal_aspect = true,
          .width = 300.0,
          .height = 300.0};
}

}  // namespace scoreserve
