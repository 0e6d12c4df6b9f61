#include "models/plots/chart_frame.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/plots/canvas.h"
#include "models/plots/chart.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr double kRoom = 0.05;  // Around points, as a share of the axis.

// What the layers hold, in x and in y; grids apart, as they get no room.
struct Extents {
  Extent x, y, grid_x, grid_y;

  void AddPoint(const Chart& chart, const Point& point) {
    // A point without a place in one direction does not count in the other.
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) return;
    if (chart.x.log && point.x <= 0.0) return;
    if (chart.y.log && point.y <= 0.0) return;
    x.Add(point.x);
    y.Add(point.y);
  }
};

Extents ExtentsOf(const Chart& chart) {
  Extents extents;
  for (const Layer& layer : chart.layers) {
    if (const auto* line = std::get_if<LineLayer>(&layer)) {
      for (const Point& p : line->points) extents.AddPoint(chart, p);
    } else if (const auto* scatter = std::get_if<ScatterLayer>(&layer)) {
      for (const Point& p : scatter->points) extents.AddPoint(chart, p);
    } else if (const auto* arrows = std::get_if<ArrowLayer>(&layer)) {
      for (const Arrow& a : arrows->arrows) extents.AddPoint(chart, a.from);
    } else if (const auto* grid = std::get_if<HeatmapLayer>(&layer)) {
      extents.grid_x.Add(grid->x_min);
      extents.grid_x.Add(grid->x_max);
      extents.grid_y.Add(grid->y_min);
      extents.grid_y.Add(grid->y_max);
    }
  }
  return extents;
}

double ToLinear(bool log, double value) {
  return log ? std::log10(value) : value;
}
double FromLinear(bool log, double value) {
  return log ? std::pow(10.0, value) : value;
}

absl::Status CheckEnd(const std::string& field, bool log, double value) {
  if (std::isfinite(value) && (!log || value > 0.0)) return absl::OkStatus();
  return InvalidField(field, log ? "more than 0 on a log axis" : "finite",
                      absl::StrCat(value));
}

absl::Status CheckGrid(const std::string& field, const HeatmapLayer& grid) {
  const int64_t count = static_cast<int64_t>(grid.values.size());
  if (grid.columns <= 0 || grid.rows <= 0 || count % grid.columns != 0 ||
      count / grid.columns != grid.rows) {
    return InvalidField(
        absl::StrCat(field, ".values"),
        absl::StrCat(grid.columns, " columns by ", grid.rows, " rows"),
        absl::StrCat(count, " numbers"));
  }
  if (!(grid.x_min < grid.x_max)) {
    return InvalidField(absl::StrCat(field, ".x_max"), "more than x_min",
                        absl::StrCat(grid.x_max));
  }
  if (!(grid.y_min < grid.y_max)) {
    return InvalidField(absl::StrCat(field, ".y_max"), "more than y_min",
                        absl::StrCat(grid.y_max));
  }
  return absl::OkStatus();
}

}  // namespace

void Extent::Add(double value) {
  if (!std::isfinite(value)) return;
  min = std::min(min, value);
  max = std::max(max, value);
}

double Scale::Fraction(double value) const {
  if (!std::isfinite(value) || (log && value <= 0.0)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double low = ToLinear(log, min), high = ToLinear(log, max);
  return (ToLinear(log, value) - low) / (high - low);
}

absl::StatusOr<Scale> MakeScale(absl::string_view field, const Axis& axis,
                                const Extent& data, const Extent& grid) {
  double low = 0.0, high = 1.0;
  if (!data.empty()) {
    low = ToLinear(axis.log, data.min);
    high = ToLinear(axis.log, data.max);
    // One value alone stands in the middle.
    double room = kRoom * (high - low);
    if (room == 0.0) room = low == 0.0 ? 1.0 : 0.1 * std::abs(low);
    low -= room;
    high += room;
  }
  if (!grid.empty()) {
    low = ToLinear(axis.log, grid.min);
    high = ToLinear(axis.log, grid.max);
  }
  Scale scale = {.min = FromLinear(axis.log, low),
                 .max = FromLinear(axis.log, high),
                 .log = axis.log};
  scale.min = axis.min.value_or(scale.min);
  scale.max = axis.max.value_or(scale.max);
  absl::Status status =
      CheckEnd(absl::StrCat(field, ".min"), axis.log, scale.min);
  status.Update(CheckEnd(absl::StrCat(field, ".max"), axis.log, scale.max));
  if (!status.ok()) return status;
  if (scale.min < scale.max) return scale;
  return InvalidField(absl::StrCat(field, ".max"),
                      absl::StrCat("more than min, ", scale.min),
                      absl::StrCat(scale.max));
}

absl::StatusOr<Scales> MakeScales(const Chart& chart) {
  const Extents extents = ExtentsOf(chart);
  const absl::StatusOr<Scale> x =
      MakeScale("x", chart.x, extents.x, extents.grid_x);
  if (!x.ok()) return x.status();
  const absl::StatusOr<Scale> y =
      MakeScale("y", chart.y, extents.y, extents.grid_y);
  if (!y.ok()) return y.status();
  return Scales{.x = *x, .y = *y};
}

absl::Status CheckLayers(const Chart& chart) {
  for (size_t i = 0; i < chart.layers.size(); ++i) {
    const std::string field = absl::StrCat("layers[", i, "]");
    const auto* grid = std::get_if<HeatmapLayer>(&chart.layers[i]);
    const bool arrows = std::holds_alternative<ArrowLayer>(chart.layers[i]);
    if ((grid != nullptr || arrows) && (chart.x.log || chart.y.log)) {
      return InvalidField(field, "points or a line on a log axis",
                          arrows ? "arrows" : "a heatmap");
    }
    if (grid == nullptr) continue;
    const absl::Status status = CheckGrid(field, *grid);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

Point Place(const Scales& scales, const Box& plot, const Point& point) {
  return {.x = plot.x + scales.x.Fraction(point.x) * plot.width,
          .y = plot.bottom() - scales.y.Fraction(point.y) * plot.height};
}

Box EqualAspect(const Box& plot, const Scales& scales) {
  const double x_length = scales.x.max - scales.x.min;
  const double y_length = scales.y.max - scales.y.min;
  const double unit = std::min(plot.width / x_length, plot.height / y_length);
  const double width = unit * x_length, height = unit * y_length;
  return {.x = plot.x + (plot.width - width) / 2.0,
          .y = plot.y + (plot.height - height) / 2.0,
          .width = width,
          .height = height};
}

}  // namespace scoreserve
