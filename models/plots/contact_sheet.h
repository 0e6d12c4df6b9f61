// Many small images on one sheet, in captioned groups and titled columns.

#ifndef SCORESERVE_MODELS_PLOTS_CONTACT_SHEET_H_
#define SCORESERVE_MODELS_PLOTS_CONTACT_SHEET_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "models/io/rows.h"
#include "models/plots/color.h"

namespace scoreserve {

// Images that belong together, one a row of `images`, under one caption.
struct ImageGroup {
  std::string caption = {};  // Stands on the left; may be empty.
  Rows images = {};
};

// Words over columns; a line break (\n) in them is one on the sheet.
struct ColumnTitle {
  std::string text = {};  // May be empty.
  int64_t columns = 1;    // That it stands over.
};

struct ContactSheet {
  std::string title = {};  // May be empty.
  // Of one image: [height, width], or [height, width, 3] for red, green, blue.
  std::vector<int64_t> image_shape = {};
  // The values that are black and white; what lies beyond is taken to the end.
  double min = 0.0, max = 1.0;
  ColorMap map = ColorMap::kGray;    // For images of one channel.
  Color not_finite = Rgb(0xFF0000);  // Of values that are NaN or infinite.
  int64_t columns = 10;
  // From the left, each beside the one before; columns after the last have
  // none. Columns are as wide as their titles ask for, and those under one
  // title stand apart from the others.
  std::vector<ColumnTitle> column_titles = {};
  double image_width = 48.0;  // In points.
  // Top down. A group with more images than columns goes on in the next line.
  std::vector<ImageGroup> groups = {};
};

// Writes a png of two pixels a point. INVALID_ARGUMENT for images that are not
// of that shape, an empty range, titles over more columns than there may be, or
// a sheet without images or too large for a png; the error of the file system
// where writing fails.
absl::Status WritePng(const ContactSheet& sheet, const std::string& path);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_CONTACT_SHEET_H_
