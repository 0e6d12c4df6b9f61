#include "models/plots/contact_sheet.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/io/rows.h"
#include "models/plots/canvas.h"
#include "models/plots/color.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// In points.
constexpr double kMargin = 14.0;
constexpr double kGap = 4.0;        // Between images.
constexpr double kGroupGap = 12.0;  // Between groups.
constexpr double kTitleHeight = 26.0;
constexpr double kCaptionGap = 12.0;

constexpr TextStyle kTitle = {.size = 14.0, .bold = true};
constexpr TextStyle kCaption = {.size = 12.0, .horizontal = Align::kEnd};
constexpr Color kFrame = Rgb(0xB0B0B0);

absl::Status Check(const ContactSheet& sheet) {
  const std::vector<int64_t>& shape = sheet.image_shape;
  const bool color = shape.size() == 3 && shape[2] == 3;
  if ((shape.size() != 2 && !color) || shape[0] <= 0 || shape[1] <= 0) {
    return InvalidField("image_shape", "[height, width] or [height, width, 3]",
                        absl::StrCat("[", absl::StrJoin(shape, ", "), "]"));
  }
  if (!(sheet.min < sheet.max)) {
    return InvalidField("max", absl::StrCat("more than min, ", sheet.min),
                        absl::StrCat(sheet.max));
  }
  if (sheet.columns <= 0) {
    return InvalidField("columns", "more than 0", absl::StrCat(sheet.columns));
  }
  const int64_t dim = shape[0] * shape[1] * (color ? 3 : 1);
  int64_t images = 0;
  for (size_t i = 0; i < sheet.groups.size(); ++i) {
    images += sheet.groups[i].images.rows();
    if (sheet.groups[i].images.dim == dim) continue;
    return InvalidField(
        absl::StrCat("groups[", i, "].images"),
        absl::StrCat("rows of ", dim, " numbers, as image_shape says"),
        absl::StrCat(sheet.groups[i].images.dim));
  }
  if (images > 0) return absl::OkStatus();
  return InvalidField("groups", "at least one image", "empty");
}

int64_t Lines(const ContactSheet& sheet, const ImageGroup& group) {
  return (group.images.rows() + sheet.columns - 1) / sheet.columns;
}

double CaptionWidth(const ContactSheet& sheet) {
  Canvas scratch(1, 1);
  double width = 0.0;
  for (const ImageGroup& group : sheet.groups) {
    width = std::max(width, scratch.TextWidth(group.caption, kCaption));
  }
  return width == 0.0 ? 0.0 : width + kCaptionGap;
}

void DrawImage(const ContactSheet& sheet, const float* values, const Box& box,
               Canvas& canvas) {
  const int64_t height = sheet.image_shape[0], width = sheet.image_shape[1];
  const auto fraction = [&](int64_t i) {
    const double value = values[i];
    if (!std::isfinite(value)) return std::numeric_limits<double>::quiet_NaN();
    return std::clamp((value - sheet.min) / (sheet.max - sheet.min), 0.0, 1.0);
  };
  const auto gray = [&](int64_t column, int64_t row) {
    return MapColor(sheet.map, fraction(row * width + column));
  };
  const auto color = [&](int64_t column, int64_t row) {
    const int64_t i = 3 * (row * width + column);
    const double red = fraction(i), green = fraction(i + 1),
                 blue = fraction(i + 2);
    if (std::isnan(red + green + blue)) return MapColor(sheet.map, NAN);
    return Color{.red = red, .green = green, .blue = blue};
  };
  if (sheet.image_shape.size() == 2) {
    canvas.DrawPicture(box, width, height, gray, /*smooth=*/false);
  } else {
    canvas.DrawPicture(box, width, height, color, /*smooth=*/false);
  }
  canvas.StrokeBox(box, kFrame, 0.5);
}

}  // namespace

absl::Status WritePng(const ContactSheet& sheet, const std::string& path) {
  absl::Status status = Check(sheet);
  if (!status.ok()) return status;

  int64_t lines = 0, columns = 0;
  for (const ImageGroup& group : sheet.groups) {
    lines += Lines(sheet, group);
    columns = std::max(columns, std::min(sheet.columns, group.images.rows()));
  }
  const double image_height = sheet.image_width *
                              static_cast<double>(sheet.image_shape[0]) /
                              static_cast<double>(sheet.image_shape[1]);
  const double left = kMargin + CaptionWidth(sheet);
  const double top = kMargin + (sheet.title.empty() ? 0.0 : kTitleHeight);
  const double across =
      static_cast<double>(columns) * (sheet.image_width + kGap) - kGap;
  const double down =
      static_cast<double>(lines) * (image_height + kGap) +
      static_cast<double>(sheet.groups.size() - 1) * (kGroupGap - kGap) - kGap;
  double width = left + across + kMargin;
  if (!sheet.title.empty()) {
    width = std::max(
        width, 2.0 * kMargin + Canvas(1, 1).TextWidth(sheet.title, kTitle));
  }
  const double height = top + down + kMargin;
  status = Canvas::CheckSize(width, height);
  if (!status.ok()) return status;

  Canvas canvas(width, height);
  canvas.DrawText(kMargin, kMargin + kTitle.size / 2.0, sheet.title, kTitle);
  double y = top;
  for (const ImageGroup& group : sheet.groups) {
    canvas.DrawText(left - kCaptionGap, y + image_height / 2.0, group.caption,
                    kCaption);
    for (int64_t i = 0; i < group.images.rows(); ++i) {
      const Box box = {.x = left + static_cast<double>(i % sheet.columns) *
                                       (sheet.image_width + kGap),
                       .y = y + static_cast<double>(i / sheet.columns) *
                                    (image_height + kGap),
                       .width = sheet.image_width,
                       .height = image_height};
      DrawImage(sheet, group.images.row(i), box, canvas);
    }
    y += static_cast<double>(Lines(sheet, group)) * (image_height + kGap) +
         kGroupGap - kGap;
  }
  return canvas.WritePng(path);
}

}  // namespace scoreserve
