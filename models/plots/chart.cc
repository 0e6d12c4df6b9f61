#include "models/plots/chart.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "models/plots/canvas.h"
#include "models/plots/chart_frame.h"
#include "models/plots/chart_layers.h"
#include "models/plots/color.h"
#include "models/plots/drawings.h"
#include "models/plots/ticks.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// In points.
constexpr double kMinSide = 120.0;  // Of a chart.
constexpr double kMargin = 12.0;
constexpr double kTitleHeight = 24.0;
constexpr double kLabelHeight = 16.0;
constexpr double kTickLength = 3.5;
constexpr double kTickGap = 3.0;  // From a mark to its words.
constexpr double kXPerTick = 50.0, kYPerTick = 36.0;
constexpr double kBarGap = 10.0, kBarWidth = 10.0;

constexpr TextStyle kTitle = {
    .size = 13.0, .bold = true, .horizontal = Align::kCenter};
constexpr TextStyle kLabel = {.size = 11.5, .horizontal = Align::kCenter};
constexpr TextStyle kSideLabel = {
    .size = 11.5, .horizontal = Align::kCenter, .degrees = 90.0};
constexpr TextStyle kXTick = {
    .size = 10.5, .horizontal = Align::kCenter, .vertical = Align::kStart};
constexpr TextStyle kYTick = {.size = 10.5, .horizontal = Align::kEnd};
constexpr TextStyle kBarTick = {.size = 10.5};
constexpr Color kInk = Rgb(0x404040), kGridLine = Rgb(0xE6E6E6);

std::vector<Tick> TicksOf(const Scale& scale, double length, double per_tick) {
  const int count = std::max(2, static_cast<int>(length / per_tick));
  return scale.log ? LogTicks(scale.min, scale.max, count)
                   : LinearTicks(scale.min, scale.max, count);
}

double WidestLabel(const std::vector<Tick>& ticks, const TextStyle& style,
                   Canvas& canvas) {
  double widest = 0.0;
  for (const Tick& tick : ticks) {
    widest = std::max(widest, canvas.TextWidth(tick.label, style));
  }
  return widest;
}

// The first heatmap that wants a colour bar; null if none does.
const HeatmapLayer* BarOf(const Chart& chart) {
  for (const Layer& layer : chart.layers) {
    const auto* grid = std::get_if<HeatmapLayer>(&layer);
    if (grid != nullptr && !grid->name.empty()) return grid;
  }
  return nullptr;
}

// One chart on its way to paper: the place of the plot, once the words around
// it are known.
class Drawing {
 public:
  Drawing(const Chart& chart, const Scales& scales, const Box& paper,
          Canvas& canvas)
      : chart_(chart), scales_(scales), paper_(paper), canvas_(canvas) {
    if (const HeatmapLayer* bar = BarOf(chart)) {
      const Extent values = ValuesOf(*bar);
      bar_ = bar;
      bar_scale_ = {.min = values.min, .max = values.max};
    }
    plot_ = PlaceOfPlot();
    if (chart.equal_aspect && !chart.x.log && !chart.y.log) {
      plot_ = EqualAspect(plot_, scales_);
    }
  }

  void Draw() {
    const std::vector<ColoredLayer> layers = ColorLayers(chart_);
    canvas_.DrawText(plot_.x + plot_.width / 2.0, plot_.y - kTitleHeight / 2.0,
                     chart_.title, kTitle);
    DrawGrid();
    for (const ColoredLayer& layer : layers) {
      DrawLayer(layer, scales_, plot_, canvas_);
    }
    DrawAxes();
    if (bar_ != nullptr) DrawBar();
    DrawLegend(layers, scales_, plot_, canvas_);
  }

 private:
  std::vector<Tick> XTicks() const {
    return TicksOf(scales_.x, plot_.width, kXPerTick);
  }
  std::vector<Tick> YTicks() const {
    return TicksOf(scales_.y, plot_.height, kYPerTick);
  }
  std::vector<Tick> BarTicks() const {
    return TicksOf(bar_scale_, plot_.height, kYPerTick);
  }

  Box PlaceOfPlot() {
    const double top = kMargin + (chart_.title.empty() ? 0.0 : kTitleHeight);
    const double bottom = kMargin + kTickLength + kTickGap + kLabelHeight +
                          (chart_.x.label.empty() ? 0.0 : kLabelHeight);
    // First: the words beside the plot depend on its height, not on its width.
    plot_.height = paper_.height - top - bottom;
    const double left = kMargin + kTickLength + 2.0 * kTickGap +
                        WidestLabel(YTicks(), kYTick, canvas_) +
                        (chart_.y.label.empty() ? 0.0 : kLabelHeight);
    const double bar = bar_ == nullptr
                           ? kMargin
                           : kBarGap + kBarWidth + kTickGap +
                                 WidestLabel(BarTicks(), kBarTick, canvas_) +
                                 kLabelHeight;
    return {.x = paper_.x + left,
            .y = paper_.y + top,
            .width = paper_.width - left - bar - kMargin,
            .height = plot_.height};
  }

  void DrawGrid() {
    for (const Tick& tick : XTicks()) {
      if (tick.label.empty()) continue;
      const double x = Place(scales_, plot_, {tick.value, scales_.y.min}).x;
      canvas_.DrawLine(x, plot_.y, x, plot_.bottom(), kGridLine, 0.75);
    }
    for (const Tick& tick : YTicks()) {
      if (tick.label.empty()) continue;
      const double y = Place(scales_, plot_, {scales_.x.min, tick.value}).y;
      canvas_.DrawLine(plot_.x, y, plot_.right(), y, kGridLine, 0.75);
    }
  }

  void DrawAxes() {
    canvas_.StrokeBox(plot_, kInk, 0.75);
    const double bottom = plot_.bottom();
    for (const Tick& tick : XTicks()) {
      const double x = Place(scales_, plot_, {tick.value, scales_.y.min}).x;
      const double length = tick.label.empty() ? kTickLength / 2 : kTickLength;
      canvas_.DrawLine(x, bottom, x, bottom + length, kInk, 0.75);
      canvas_.DrawText(x, bottom + kTickLength + kTickGap, tick.label, kXTick);
    }
    for (const Tick& tick : YTicks()) {
      const double y = Place(scales_, plot_, {scales_.x.min, tick.value}).y;
      const double length = tick.label.empty() ? kTickLength / 2 : kTickLength;
      canvas_.DrawLine(plot_.x - length, y, plot_.x, y, kInk, 0.75);
      canvas_.DrawText(plot_.x - kTickLength - kTickGap, y, tick.label, kYTick);
    }
    canvas_.DrawText(plot_.x + plot_.width / 2.0,
                     bottom + kTickLength + kTickGap + 1.5 * kLabelHeight,
                     chart_.x.label, kLabel);
    canvas_.DrawText(plot_.x - kTickLength - 2.0 * kTickGap -
                         WidestLabel(YTicks(), kYTick, canvas_) -
                         kLabelHeight / 2.0,
                     plot_.y + plot_.height / 2.0, chart_.y.label, kSideLabel);
  }

  void DrawBar() {
    const Box bar = {.x = plot_.right() + kBarGap,
                     .y = plot_.y,
                     .width = kBarWidth,
                     .height = plot_.height};
    constexpr int64_t kShades = 256;
    canvas_.DrawPicture(
        bar, 1, kShades,
        [this](int64_t, int64_t row) {
          return MapColor(bar_->map,
                          1.0 - static_cast<double>(row) / (kShades - 1));
        },
        /*smooth=*/true);
    canvas_.StrokeBox(bar, kInk, 0.75);
    const double x = bar.right() + kTickGap;
    for (const Tick& tick : BarTicks()) {
      const double y =
          bar.bottom() - bar_scale_.Fraction(tick.value) * bar.height;
      canvas_.DrawLine(bar.right(), y, bar.right() + 2.0, y, kInk, 0.75);
      canvas_.DrawText(x, y, tick.label, kBarTick);
    }
    canvas_.DrawText(x + WidestLabel(BarTicks(), kBarTick, canvas_) +
                         kLabelHeight / 2.0 + kTickGap,
                     bar.y + bar.height / 2.0, bar_->name, kSideLabel);
  }

  const Chart& chart_;
  const Scales scales_;
  const Box paper_;
  Canvas& canvas_;
  const HeatmapLayer* bar_ = nullptr;
  Scale bar_scale_;
  Box plot_;
};

}  // namespace

absl::StatusOr<Canvas> Draw(absl::Span<const Chart> charts) {
  std::vector<Scales> scales;
  Box paper;
  for (const Chart& chart : charts) {
    // Smaller ones have no room for the plot beside its words.
    if (!(std::min(chart.width, chart.height) >= kMinSide)) {
      return InvalidField("width and height",
                          absl::StrCat("at least ", kMinSide),
                          absl::StrCat(chart.width, " and ", chart.height));
    }
    if (absl::Status status = CheckLayers(chart); !status.ok()) return status;
    const absl::StatusOr<Scales> made = MakeScales(chart);
    if (!made.ok()) return made.status();
    scales.push_back(*made);
    paper.width += chart.width;
    paper.height = std::max(paper.height, chart.height);
  }
  if (absl::Status status = Canvas::CheckSize(paper.width, paper.height);
      !status.ok()) {
    return status;
  }
  Canvas canvas(paper.width, paper.height);
  double x = 0.0;
  for (size_t i = 0; i < charts.size(); ++i) {
    const Box box = {
        .x = x, .width = charts[i].width, .height = charts[i].height};
    Drawing(charts[i], scales[i], box, canvas).Draw();
    x += charts[i].width;
  }
  return canvas;
}

absl::Status WritePng(const Chart& chart, const std::string& path) {
  return WritePng(absl::MakeConstSpan(&chart, 1), path);
}

absl::Status WritePng(absl::Span<const Chart> charts, const std::string& path) {
  absl::StatusOr<Canvas> canvas = Draw(charts);
  return canvas.ok() ? canvas->WritePng(path) : canvas.status();
}

}  // namespace scoreserve
