// Where everything on a contact sheet stands; internal.

#ifndef SCORESERVE_MODELS_PLOTS_SHEET_LAYOUT_H_
#define SCORESERVE_MODELS_PLOTS_SHEET_LAYOUT_H_

#include <string>
#include <vector>

#include "models/plots/canvas.h"
#include "models/plots/chart.h"
#include "models/plots/contact_sheet.h"

namespace scoreserve {

inline constexpr TextStyle kTitleStyle = {.size = 14.0, .bold = true};
inline constexpr TextStyle kCaptionStyle = {.size = 12.0,
                                            .horizontal = Align::kEnd};
inline constexpr TextStyle kColumnStyle = {.size = 12.0,
                                           .horizontal = Align::kCenter};
inline constexpr double kColumnLine = 14.0;  // A line of a column's title.

// In points, from the top left.
struct SheetLayout {
  Point title = {};   // The middle of its left edge.
  double rule = 0.0;  // The bottom of the columns' titles.
  double captions_right = 0.0;
  std::vector<double> columns = {};  // The left edge of each.
  double column_width = 0.0;         // At least an image's.
  std::vector<double> group_tops = {};
  double line_pitch = 0.0;  // From a line of a group to the next.
  double image_height = 0.0;
  double width = 0.0, height = 0.0;  // Of the sheet.
};

// Requires a sheet that WritePng() takes. Columns with a title are as wide as
// it asks for, and those under one title stand apart from the others.
SheetLayout MakeSheetLayout(const ContactSheet& sheet);

// The lines of a column's title, at least one.
std::vector<std::string> LinesOf(const ColumnTitle& title);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_SHEET_LAYOUT_H_
