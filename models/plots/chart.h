// Small charts: training curves, samples over a density, a field of scores.

#ifndef SCORESERVE_MODELS_PLOTS_CHART_H_
#define SCORESERVE_MODELS_PLOTS_CHART_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "models/plots/color.h"

namespace scoreserve {

// Every field has a default, for designated initialisers to name the others.

struct Axis {
  std::string label = {};
  bool log = false;
  // The ends; where absent, those of the heatmaps, or if there is none those of
  // the data with some room around.
  std::optional<double> min = {}, max = {};
};

// A point, or the vector to it, in the axes' numbers.
struct Point {
  double x = 0.0, y = 0.0;
};

// Layers with a name are in the legend; a layer without a colour takes the next
// of the palette. What is not finite, or not positive on a log axis, is left
// out.

// Points joined in their order.
struct LineLayer {
  std::string name = {};
  std::vector<Point> points = {};
  std::optional<Color> color = {};
  double width =
      1.6;  // In points of the picture, as all widths and radii here.
  bool dashed = false;
};

struct ScatterLayer {
  std::string name = {};
  std::vector<Point> points = {};
  std::optional<Color> color = {};
  double radius = 2.0;
};

// Values on a regular grid of cells, as a background. Linear axes alone.
struct HeatmapLayer {
  std::string name =
      {};  // Of the colour bar, which is absent where this is empty.
  int64_t columns = 0, rows = 0;
  std::vector<float> values =
      {};  // Row-major; the first row has the smallest y.
  // The outer edges of the grid.
  double x_min = 0.0, x_max = 1.0, y_min = 0.0, y_max = 1.0;
  // The values of the first and the last colour; where absent, those there are.
  std::optional<double> min = {}, max = {};
  ColorMap map = ColorMap::kBlues;
  bool smooth = true;
};

struct Arrow {
  Point from = {};
  Point by = {};
};

// Arrows that begin at a point, such as scores. Linear axes alone.
struct ArrowLayer {
  std::string name = {};
  std::vector<Arrow> arrows = {};
  std::optional<Color> color = {};
  // Multiplies every length; where absent, the longest arrow is as long as
  // arrows are apart on average.
  std::optional<double> scale = {};
};

using Layer = std::variant<HeatmapLayer, LineLayer, ScatterLayer, ArrowLayer>;

struct Chart {
  std::string title = {};
  Axis x = {}, y = {};
  std::vector<Layer> layers = {};  // Bottom up.
  // One unit is as long on both axes, if neither is a log axis.
  bool equal_aspect = false;
  double width = 420.0, height = 300.0;  // In points.
};

// Writes a png of two pixels a point. INVALID_ARGUMENT naming the field for a
// range that is empty, not finite or not positive on a log axis, a grid whose
// values are not columns · rows, and a chart too large for a png or too small
// for its words; the error of the file system where writing fails.
absl::Status WritePng(const Chart& chart, const std::string& path);

// The same for charts side by side.
absl::Status WritePng(absl::Span<const Chart> charts, const std::string& path);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_CHART_H_
