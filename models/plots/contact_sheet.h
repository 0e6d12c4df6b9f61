// Many small images on one sheet, in captioned groups.

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

struct ContactSheet {
  std::string title = {};  // May be empty.
  // Of one image: [height, width], or [height, width, 3] for red, green, blue.
  std::vector<int64_t> image_shape = {};
  // The values that are black and white; what lies beyond is taken to the end.
  double min = 0.0, max = 1.0;
  ColorMap map = ColorMap::kGray;  // For images of one channel.
  int64_t columns = 10;
  double image_width = 48.0;  // In points.
  // Top down. A group with more images than columns goes on in the next line.
  std::vector<ImageGroup> groups = {};
};

// Writes a png of two pixels a point. INVALID_ARGUMENT for images that are not
// of that shape, an empty range, or a sheet without images or too large for a
// png; the error of the file system where writing fails. Values that are not
// finite are drawn in red.
absl::Status WritePng(const ContactSheet& sheet, const std::string& path);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_CONTACT_SHEET_H_
