#include "models/plots/chart_layers.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <optional>
#include <variant>
#include <vector>

#include "models/plots/canvas.h"
#include "models/plots/chart.h"
#include "models/plots/chart_frame.h"
#include "models/plots/color.h"

namespace scoreserve {
namespace {

bool HasPlace(const Point& place) {
  return std::isfinite(place.x) && std::isfinite(place.y);
}

// Coordinates far outside overflow cairo's fixed-point numbers.
bool IsNear(const Point& place, const Box& plot) {
  const double far = 10.0 * (plot.width + plot.height);
  return HasPlace(place) && std::abs(place.x - plot.x) < far &&
         std::abs(place.y - plot.y) < far;
}

// Draws a layer of each kind.
struct Painter {
  const Scales& scales;
  const Box& plot;
  Canvas& canvas;
  const Color color;

  void operator()(const HeatmapLayer& grid) const {
    const Point low = Place(scales, plot, {grid.x_min, grid.y_min});
    const Point high = Place(scales, plot, {grid.x_max, grid.y_max});
    const Box box = {.x = low.x,
                     .y = high.y,
                     .width = high.x - low.x,
                     .height = low.y - high.y};
    const Extent values = ValuesOf(grid);
    const auto at = [&](int64_t column, int64_t row) {
      const int64_t from_top = grid.rows - 1 - row;
      const double value = grid.values[from_top * grid.columns + column];
      return MapColor(grid.map,
                      (value - values.min) / (values.max - values.min));
    };
    canvas.DrawPicture(box, grid.columns, grid.rows, at, grid.smooth);
  }

  void operator()(const LineLayer& line) const {
    cairo_t* const cr = canvas.cairo();
    canvas.SetColor(color);
    cairo_set_line_width(cr, line.width);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    const double dashes[] = {4.0, 4.0};
    cairo_set_dash(cr, dashes, line.dashed ? 2 : 0, 0.0);
    bool pen_down = false;
    for (const Point& point : line.points) {
      const Point place = Place(scales, plot, point);
      const bool near = IsNear(place, plot);
      if (near && pen_down) cairo_line_to(cr, place.x, place.y);
      if (near && !pen_down) cairo_move_to(cr, place.x, place.y);
      pen_down = near;
    }
    cairo_stroke(cr);
    cairo_set_dash(cr, nullptr, 0, 0.0);
  }

  void operator()(const ScatterLayer& scatter) const {
    cairo_t* const cr = canvas.cairo();
    canvas.SetColor(color);
    for (const Point& point : scatter.points) {
      const Point place = Place(scales, plot, point);
      if (!IsNear(place, plot)) continue;
      cairo_arc(cr, place.x, place.y, scatter.radius, 0,
                2.0 * std::numbers::pi);
      // One by one: points that lie over each other are seen to.
      cairo_fill(cr);
    }
  }

  void operator()(const ArrowLayer& layer) const {
    // In points of the picture for one unit; y grows downwards there.
    const double x_unit = plot.width / (scales.x.max - scales.x.min);
    const double y_unit = plot.height / (scales.y.max - scales.y.min);
    double longest = 0.0;
    for (const Arrow& arrow : layer.arrows) {
      const double length =
          std::hypot(arrow.by.x * x_unit, arrow.by.y * y_unit);
      if (std::isfinite(length)) longest = std::max(longest, length);
    }
    if (longest == 0.0) return;
    const double apart = std::sqrt(plot.width * plot.height /
                                   static_cast<double>(layer.arrows.size()));
    const double scale = layer.scale.value_or(apart / longest);
    canvas.SetColor(color);
    for (const Arrow& arrow : layer.arrows) {
      const Point from = Place(scales, plot, arrow.from);
      const Point to = {from.x + arrow.by.x * x_unit * scale,
                        from.y - arrow.by.y * y_unit * scale};
      if (IsNear(from, plot) && IsNear(to, plot)) DrawArrow(from, to);
    }
  }

  void DrawArrow(const Point& from, const Point& to) const {
    cairo_t* const cr = canvas.cairo();
    const double length = std::hypot(to.x - from.x, to.y - from.y);
    if (length < 0.5) {
      cairo_arc(cr, from.x, from.y, 0.6, 0, 2.0 * std::numbers::pi);
      cairo_fill(cr);
      return;
    }
    const double head = std::min(5.0, 0.45 * length);
    cairo_save(cr);
    cairo_translate(cr, from.x, from.y);
    cairo_rotate(cr, std::atan2(to.y - from.y, to.x - from.x));
    cairo_set_line_width(cr, 1.0);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
    cairo_move_to(cr, 0, 0);
    cairo_line_to(cr, length - 0.8 * head, 0);
    cairo_stroke(cr);
    cairo_move_to(cr, length, 0);
    cairo_line_to(cr, length - head, 0.38 * head);
    cairo_line_to(cr, length - head, -0.38 * head);
    cairo_close_path(cr);
    cairo_fill(cr);
    cairo_restore(cr);
  }
};

// The layer's own colour, where it has one; nothing for a heatmap.
const std::optional<Color>* OwnColor(const Layer& layer) {
  if (const auto* line = std::get_if<LineLayer>(&layer)) return &line->color;
  if (const auto* points = std::get_if<ScatterLayer>(&layer)) {
    return &points->color;
  }
  if (const auto* arrows = std::get_if<ArrowLayer>(&layer)) {
    return &arrows->color;
  }
  return nullptr;
}

}  // namespace

std::vector<ColoredLayer> ColorLayers(const Chart& chart) {
  std::vector<ColoredLayer> layers;
  int next = 0;
  for (const Layer& layer : chart.layers) {
    const std::optional<Color>* const own = OwnColor(layer);
    Color color;
    if (own != nullptr) {
      color = own->has_value() ? **own : PaletteColor(next++);
    }
    layers.push_back({.layer = &layer, .color = color});
  }
  return layers;
}

Extent ValuesOf(const HeatmapLayer& grid) {
  Extent values;
  for (const float value : grid.values) values.Add(value);
  if (values.empty()) values = {.min = 0.0, .max = 1.0};
  values.min = grid.min.value_or(values.min);
  values.max = grid.max.value_or(values.max);
  if (!(values.min < values.max)) values.max = values.min + 1.0;
  return values;
}

void DrawLayer(const ColoredLayer& layer, const Scales& scales, const Box& plot,
               Canvas& canvas) {
  cairo_t* const cr = canvas.cairo();
  cairo_save(cr);
  cairo_rectangle(cr, plot.x, plot.y, plot.width, plot.height);
  cairo_clip(cr);
  std::visit(Painter{.scales = scales,
                     .plot = plot,
                     .canvas = canvas,
                     .color = layer.color},
             *layer.layer);
  cairo_restore(cr);
}

}  // namespace scoreserve
