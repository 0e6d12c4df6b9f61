#include "models/plots/contact_sheet.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/io/rows.h"
#include "models/plots/canvas.h"
#include "models/plots/color.h"
#include "models/plots/drawings.h"
#include "models/plots/sheet_layout.h"
#include "models/status.h"

namespace scoreserve {
namespace {

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
  int64_t titled = 0;
  for (const ColumnTitle& title : sheet.column_titles) {
    if (title.columns <= 0) {
      return InvalidField("column_titles", "each over at least 1 column",
                          absl::StrCat(title.columns));
    }
    if (title.columns > sheet.columns - titled) {
      return InvalidField(
          "column_titles",
          absl::StrCat("over at most ", sheet.columns, " columns together"),
          "more");
    }
    titled += title.columns;
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

void DrawImage(const ContactSheet& sheet, const float* values, const Box& box,
               Canvas& canvas) {
  const int64_t height = sheet.image_shape[0], width = sheet.image_shape[1];
  const auto fraction = [&](int64_t i) {
    const double value = values[i];
    if (!std::isfinite(value)) return std::numeric_limits<double>::quiet_NaN();
    return std::clamp((value - sheet.min) / (sheet.max - sheet.min), 0.0, 1.0);
  };
  const auto gray = [&](int64_t column, int64_t row) {
    const double value = fraction(row * width + column);
    return std::isnan(value) ? sheet.not_finite : MapColor(sheet.map, value);
  };
  const auto color = [&](int64_t column, int64_t row) {
    const int64_t i = 3 * (row * width + column);
    const double red = fraction(i), green = fraction(i + 1),
                 blue = fraction(i + 2);
    if (std::isnan(red + green + blue)) return sheet.not_finite;
    return Color{.red = red, .green = green, .blue = blue};
  };
  if (sheet.image_shape.size() == 2) {
    canvas.DrawPicture(box, width, height, gray, /*smooth=*/false);
  } else {
    canvas.DrawPicture(box, width, height, color, /*smooth=*/false);
  }
  canvas.StrokeBox(box, kFrame, 0.5);
}

void DrawColumnTitles(const ContactSheet& sheet, const SheetLayout& layout,
                      Canvas& canvas) {
  int64_t column = 0;
  for (const ColumnTitle& title : sheet.column_titles) {
    const double left = layout.columns[column];
    const double right =
        layout.columns[column + title.columns - 1] + layout.column_width;
    const std::vector<std::string> lines = LinesOf(title);
    // The last line is nearest to the images.
    double y = layout.rule - kColumnLine * (lines.size() - 0.5);
    for (const std::string& line : lines) {
      canvas.DrawText((left + right) / 2.0, y, line, kColumnStyle);
      y += kColumnLine;
    }
    if (title.columns > 1 && !title.text.empty()) {
      canvas.DrawLine(left, layout.rule, right, layout.rule, kFrame, 0.75);
    }
    column += title.columns;
  }
}

}  // namespace

absl::StatusOr<Canvas> Draw(const ContactSheet& sheet) {
  absl::Status status = Check(sheet);
  if (!status.ok()) return status;
  const SheetLayout layout = MakeSheetLayout(sheet);
  status = Canvas::CheckSize(layout.width, layout.height);
  if (!status.ok()) return status;

  Canvas canvas(layout.width, layout.height);
  canvas.DrawText(layout.title.x, layout.title.y, sheet.title, kTitleStyle);
  DrawColumnTitles(sheet, layout, canvas);
  // An image is in the middle of its column.
  const double inset = (layout.column_width - sheet.image_width) / 2.0;
  for (size_t i = 0; i < sheet.groups.size(); ++i) {
    const ImageGroup& group = sheet.groups[i];
    const double top = layout.group_tops[i];
    canvas.DrawText(layout.captions_right, top + layout.image_height / 2.0,
                    group.caption, kCaptionStyle);
    for (int64_t j = 0; j < group.images.rows(); ++j) {
      const int64_t line = j / sheet.columns;
      const Box box = {.x = layout.columns[j % sheet.columns] + inset,
                       .y = top + static_cast<double>(line) * layout.line_pitch,
                       .width = sheet.image_width,
                       .height = layout.image_height};
      DrawImage(sheet, group.images.row(j), box, canvas);
    }
  }
  return canvas;
}

absl::Status WritePng(const ContactSheet& sheet, const std::string& path) {
  absl::StatusOr<Canvas> canvas = Draw(sheet);
  return canvas.ok() ? canvas->WritePng(path) : canvas.status();
}

}  // namespace scoreserve
