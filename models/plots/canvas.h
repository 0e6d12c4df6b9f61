// A sheet of paper that is drawn on and becomes a png. The only header that
// knows cairo, and not part of any interface.

#ifndef SCORESERVE_MODELS_PLOTS_CANVAS_H_
#define SCORESERVE_MODELS_PLOTS_CANVAS_H_

#include <cairo.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/plots/color.h"
#include "models/plots/pixels.h"

namespace scoreserve {

struct Box {
  double x = 0.0, y = 0.0, width = 0.0, height = 0.0;  // From the top left.

  double right() const { return x + width; }
  double bottom() const { return y + height; }
};

enum class Align { kStart, kCenter, kEnd };

struct TextStyle {
  double size = 12.0;
  bool bold = false;
  Color color = Rgb(0x262626);
  Align horizontal = Align::kStart;
  Align vertical = Align::kCenter;
  double degrees = 0.0;  // Counter-clockwise, about the point it is put at.
};

// Lengths are in points, of which each is two pixels. Thread-compatible.
class Canvas {
 public:
  // White. Requires a size that CheckSize() takes.
  Canvas(double width, double height);

  // INVALID_ARGUMENT for what is empty or more than a png should have.
  static absl::Status CheckSize(double width, double height);

  cairo_t* cairo() { return context_.get(); }

  void SetColor(const Color& color);
  void FillBox(const Box& box, const Color& color);
  void StrokeBox(const Box& box, const Color& color, double width);
  void DrawLine(double x0, double y0, double x1, double y1, const Color& color,
                double width);
  void DrawText(double x, double y, absl::string_view text,
                const TextStyle& style);
  // The room that `text` takes across, unrotated.
  double TextWidth(absl::string_view text, const TextStyle& style);

  // Fills `box` with a picture of columns × rows squares, the first row on top.
  // Smooth: colours run into each other, else each square is even.
  void DrawPicture(const Box& box, int64_t columns, int64_t rows,
                   const std::function<Color(int64_t column, int64_t row)>& at,
                   bool smooth);

  // What has been drawn so far.
  Pixels ToPixels();

  // Writes the png. The error of the file system, where that fails.
  absl::Status WritePng(const std::string& path);

 private:
  struct Destroy {
    void operator()(cairo_surface_t* p) const { cairo_surface_destroy(p); }
    void operator()(cairo_t* p) const { cairo_destroy(p); }
  };

  void SetFont(const TextStyle& style);

  std::unique_ptr<cairo_surface_t, Destroy> surface_;
  std::unique_ptr<cairo_t, Destroy> context_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_CANVAS_H_
