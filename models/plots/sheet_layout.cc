#include "models/plots/sheet_layout.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "models/plots/canvas.h"
#include "models/plots/contact_sheet.h"

namespace scoreserve {
namespace {

// In points.
constexpr double kMargin = 14.0;
constexpr double kGap = 4.0;        // Between images.
constexpr double kGroupGap = 12.0;  // Between groups, of columns too.
constexpr double kTitleHeight = 26.0;
constexpr double kCaptionGap = 12.0;
constexpr double kColumnGap = 5.0;      // Below the columns' titles.
constexpr double kBetweenTitles = 8.0;  // At least, beside the gap of images.

int64_t ColumnCount(const ContactSheet& sheet) {
  int64_t titled = 0, columns = 0;
  for (const ColumnTitle& title : sheet.column_titles) titled += title.columns;
  for (const ImageGroup& group : sheet.groups) {
    columns = std::max(columns, std::min(sheet.columns, group.images.rows()));
  }
  return std::max(titled, columns);
}

double ColumnWidth(const ContactSheet& sheet, Canvas& scratch) {
  double pitch = sheet.image_width + kGap;
  for (const ColumnTitle& title : sheet.column_titles) {
    for (const std::string& line : LinesOf(title)) {
      const double width =
          scratch.TextWidth(line, kColumnStyle) + kBetweenTitles + kGap;
      pitch = std::max(pitch, width / static_cast<double>(title.columns));
    }
  }
  return pitch - kGap;
}

// The columns that begin a group of their own: under a title over several, or
// after one.
std::vector<bool> GroupBegins(const ContactSheet& sheet, int64_t columns) {
  std::vector<bool> begins(columns, false);
  int64_t column = 0;
  for (const ColumnTitle& title : sheet.column_titles) {
    if (title.columns > 1) {
      begins[column] = true;
      if (column + title.columns < columns) {
        begins[column + title.columns] = true;
      }
    }
    column += title.columns;
  }
  return begins;
}

}  // namespace

std::vector<std::string> LinesOf(const ColumnTitle& title) {
  return absl::StrSplit(title.text, '\n');
}

SheetLayout MakeSheetLayout(const ContactSheet& sheet) {
  Canvas scratch(1, 1);
  SheetLayout layout;
  double y = kMargin;
  layout.title = {.x = kMargin, .y = kMargin + kTitleStyle.size / 2.0};
  if (!sheet.title.empty()) y += kTitleHeight;
  size_t title_lines = 0;
  for (const ColumnTitle& title : sheet.column_titles) {
    title_lines = std::max(title_lines, LinesOf(title).size());
  }
  y += kColumnLine * static_cast<double>(title_lines);
  layout.rule = y;
  if (title_lines > 0) y += kColumnGap;

  layout.image_height = sheet.image_width *
                        static_cast<double>(sheet.image_shape[0]) /
                        static_cast<double>(sheet.image_shape[1]);
  layout.line_pitch = layout.image_height + kGap;
  double captions = 0.0;
  for (const ImageGroup& group : sheet.groups) {
    captions =
        std::max(captions, scratch.TextWidth(group.caption, kCaptionStyle));
    layout.group_tops.push_back(y);
    const int64_t lines =
        (group.images.rows() + sheet.columns - 1) / sheet.columns;
    y += static_cast<double>(lines) * layout.line_pitch - kGap + kGroupGap;
  }
  layout.height = y - kGroupGap + kMargin;

  layout.captions_right = kMargin + captions;
  double x = layout.captions_right + (captions > 0.0 ? kCaptionGap : 0.0);
  layout.column_width = ColumnWidth(sheet, scratch);
  const std::vector<bool> begins = GroupBegins(sheet, ColumnCount(sheet));
  for (size_t i = 0; i < begins.size(); ++i) {
    if (i > 0 && begins[i]) x += kGroupGap - kGap;
    layout.columns.push_back(x);
    x += layout.column_width + kGap;
  }
  layout.width = x - kGap + kMargin;
  if (!sheet.title.empty()) {
    layout.width =
        std::max(layout.width,
                 2.0 * kMargin + scratch.TextWidth(sheet.title, kTitleStyle));
  }
  return layout;
}

}  // namespace scoreserve
