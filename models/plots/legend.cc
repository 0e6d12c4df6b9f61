#include <cairo.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>
#include <variant>
#include <vector>

#include "models/plots/canvas.h"
#include "models/plots/chart.h"
#include "models/plots/chart_frame.h"
#include "models/plots/chart_layers.h"
#include "models/plots/color.h"

namespace scoreserve {
namespace {

// In points.
constexpr double kLineHeight = 16.0;
constexpr double kSample = 20.0;  // The piece of line before a name.
constexpr double kPadding = 7.0;
constexpr double kFromEdge = 8.0;

constexpr TextStyle kName = {.size = 11.0};

// What stands in the legend for `layer`; empty for what has none.
std::string NameOf(const Layer& layer) {
  if (std::holds_alternative<HeatmapLayer>(layer)) return "";
  return std::visit([](const auto& l) { return l.name; }, layer);
}

bool Contains(const Box& box, const Point& place) {
  return place.x >= box.x && place.x <= box.right() && place.y >= box.y &&
         place.y <= box.bottom();
}

// Of the layer's points, how many `box` would hide. Lines count as the points
// between theirs too: two far points may join across the legend.
int64_t CountInside(const Layer& layer, const Scales& scales, const Box& plot,
                    const Box& box) {
  int64_t count = 0;
  const auto place = [&](const Point& p) { return Place(scales, plot, p); };
  if (const auto* line = std::get_if<LineLayer>(&layer)) {
    constexpr int kBetween = 8;
    for (size_t i = 1; i < line->points.size(); ++i) {
      const Point a = place(line->points[i - 1]), b = place(line->points[i]);
      for (int k = 0; k < kBetween; ++k) {
        const double t = static_cast<double>(k) / kBetween;
        const Point between = {a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
        count += Contains(box, between) ? 1 : 0;
      }
    }
  } else if (const auto* scatter = std::get_if<ScatterLayer>(&layer)) {
    for (const Point& p : scatter->points) {
      count += Contains(box, place(p)) ? 1 : 0;
    }
  } else if (const auto* arrows = std::get_if<ArrowLayer>(&layer)) {
    for (const Arrow& a : arrows->arrows) {
      count += Contains(box, place(a.from)) ? 1 : 0;
    }
  }
  return count;
}

// The corner of `plot`, top right first, in which the fewest points are hidden.
Box EmptiestCorner(const std::vector<ColoredLayer>& layers,
                   const Scales& scales, const Box& plot, double width,
                   double height) {
  const double left = plot.x + kFromEdge, top = plot.y + kFromEdge;
  const double right = plot.right() - kFromEdge - width;
  const double bottom = plot.bottom() - kFromEdge - height;
  const std::array<Box, 4> corners = {
      Box{right, top, width, height}, Box{left, top, width, height},
      Box{right, bottom, width, height}, Box{left, bottom, width, height}};
  Box best = corners[0];
  int64_t fewest = std::numeric_limits<int64_t>::max();
  for (const Box& corner : corners) {
    int64_t hidden = 0;
    for (const ColoredLayer& layer : layers) {
      hidden += CountInside(*layer.layer, scales, plot, corner);
    }
    if (hidden < fewest) {
      fewest = hidden;
      best = corner;
    }
  }
  return best;
}

// A piece of the layer, from (x, y) to the right.
void DrawSample(const ColoredLayer& layer, double x, double y, Canvas& canvas) {
  cairo_t* const cr = canvas.cairo();
  canvas.SetColor(layer.color);
  if (const auto* points = std::get_if<ScatterLayer>(layer.layer)) {
    cairo_arc(cr, x + kSample / 2.0, y, std::max(points->radius, 2.5), 0,
              2.0 * std::numbers::pi);
    cairo_fill(cr);
    return;
  }
  const auto* line = std::get_if<LineLayer>(layer.layer);
  const double dashes[] = {4.0, 4.0};
  cairo_set_dash(cr, dashes, line != nullptr && line->dashed ? 2 : 0, 0.0);
  canvas.DrawLine(x, y, x + kSample, y, layer.color,
                  line == nullptr ? 1.2 : line->width);
  cairo_set_dash(cr, nullptr, 0, 0.0);
  if (line != nullptr) return;
  cairo_move_to(cr, x + kSample, y);
  cairo_line_to(cr, x + kSample - 5.0, y + 2.5);
  cairo_line_to(cr, x + kSample - 5.0, y - 2.5);
  cairo_fill(cr);
}

}  // namespace

void DrawLegend(const std::vector<ColoredLayer>& layers, const Scales& scales,
                const Box& plot, Canvas& canvas) {
  std::vector<ColoredLayer> named;
  double widest = 0.0;
  for (const ColoredLayer& layer : layers) {
    const std::string name = NameOf(*layer.layer);
    if (name.empty()) continue;
    named.push_back(layer);
    widest = std::max(widest, canvas.TextWidth(name, kName));
  }
  if (named.empty()) return;
  const Box box = EmptiestCorner(
      layers, scales, plot, widest + kSample + 3.0 * kPadding,
      static_cast<double>(named.size()) * kLineHeight + kPadding);
  canvas.FillBox(box, {.red = 1.0, .green = 1.0, .blue = 1.0, .alpha = 0.85});
  canvas.StrokeBox(box, Rgb(0xD0D0D0), 0.75);
  double y = box.y + kPadding / 2.0 + kLineHeight / 2.0;
  for (const ColoredLayer& layer : named) {
    DrawSample(layer, box.x + kPadding, y, canvas);
    canvas.DrawText(box.x + kSample + 2.0 * kPadding, y, NameOf(*layer.layer),
                    kName);
    y += kLineHeight;
  }
}

}  // namespace scoreserve
