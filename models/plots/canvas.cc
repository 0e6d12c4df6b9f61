#include "models/plots/canvas.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <numbers>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/files.h"
#include "models/plots/color.h"
#include "models/plots/pixels.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr int kPixelsPerPoint = 2;
constexpr int kMaxPixels = 20'000;  // A side; cairo's own bound is 32767.

uint32_t Channel(double value) {
  return static_cast<uint32_t>(std::lround(value * 255.0));
}

cairo_status_t AppendTo(void* text, const unsigned char* bytes, unsigned size) {
  static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(bytes),
                                          size);
  return CAIRO_STATUS_SUCCESS;
}

// How far to move text of that extent for `align`.
double Shift(Align align, double extent) {
  switch (align) {
    case Align::kStart:
      return 0.0;
    case Align::kCenter:
      return -extent / 2.0;
    case Align::kEnd:
      return -extent;
  }
  return 0.0;
}

}  // namespace

absl::Status Canvas::CheckSize(double width, double height) {
  const double side = std::max(width, height) * kPixelsPerPoint;
  if (std::min(width, height) >= 1.0 && side <= kMaxPixels) {
    return absl::OkStatus();
  }
  return InvalidField(
      "picture",
      absl::StrCat("between 1 and ", kMaxPixels / kPixelsPerPoint,
                   " points on each side"),
      absl::StrCat(width, " by ", height));
}

Canvas::Canvas(double width, double height)
    : surface_(cairo_image_surface_create(
          CAIRO_FORMAT_RGB24,
          static_cast<int>(std::ceil(width * kPixelsPerPoint)),
          static_cast<int>(std::ceil(height * kPixelsPerPoint)))),
      context_(cairo_create(surface_.get())) {
  cairo_scale(cairo(), kPixelsPerPoint, kPixelsPerPoint);
  SetColor(Rgb(0xFFFFFF));
  cairo_paint(cairo());
}

void Canvas::SetColor(const Color& color) {
  cairo_set_source_rgba(cairo(), color.red, color.green, color.blue,
                        color.alpha);
}

void Canvas::FillBox(const Box& box, const Color& color) {
  SetColor(color);
  cairo_rectangle(cairo(), box.x, box.y, box.width, box.height);
  cairo_fill(cairo());
}

void Canvas::StrokeBox(const Box& box, const Color& color, double width) {
  SetColor(color);
  cairo_set_line_width(cairo(), width);
  cairo_rectangle(cairo(), box.x, box.y, box.width, box.height);
  cairo_stroke(cairo());
}

void Canvas::DrawLine(double x0, double y0, double x1, double y1,
                      const Color& color, double width) {
  SetColor(color);
  cairo_set_line_width(cairo(), width);
  cairo_move_to(cairo(), x0, y0);
  cairo_line_to(cairo(), x1, y1);
  cairo_stroke(cairo());
}

void Canvas::SetFont(const TextStyle& style) {
  cairo_select_font_face(
      cairo(), "sans-serif", CAIRO_FONT_SLANT_NORMAL,
      style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cairo(), style.size);
}

double Canvas::TextWidth(absl::string_view text, const TextStyle& style) {
  SetFont(style);
  cairo_text_extents_t extents;
  cairo_text_extents(cairo(), std::string(text).c_str(), &extents);
  return extents.x_advance;
}

void Canvas::DrawText(double x, double y, absl::string_view text,
                      const TextStyle& style) {
  SetFont(style);
  SetColor(style.color);
  cairo_font_extents_t font;
  cairo_font_extents(cairo(), &font);
  cairo_save(cairo());
  cairo_translate(cairo(), x, y);
  cairo_rotate(cairo(), -style.degrees * std::numbers::pi / 180.0);
  // By the font's height, not the text's: words in a row share a baseline.
  cairo_move_to(
      cairo(), Shift(style.horizontal, TextWidth(text, style)),
      font.ascent + Shift(style.vertical, font.ascent + font.descent));
  cairo_show_text(cairo(), std::string(text).c_str());
  cairo_restore(cairo());
}

void Canvas::DrawPicture(
    const Box& box, int64_t columns, int64_t rows,
    const std::function<Color(int64_t column, int64_t row)>& at, bool smooth) {
  const std::unique_ptr<cairo_surface_t, Destroy> picture(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(columns),
                                 static_cast<int>(rows)));
  cairo_surface_flush(picture.get());
  unsigned char* const data = cairo_image_surface_get_data(picture.get());
  const int64_t stride = cairo_image_surface_get_stride(picture.get());
  for (int64_t row = 0; row < rows; ++row) {
    auto* pixels = reinterpret_cast<uint32_t*>(data + row * stride);
    for (int64_t column = 0; column < columns; ++column) {
      const Color color = at(column, row);
      pixels[column] = Channel(color.red) << 16 | Channel(color.green) << 8 |
                       Channel(color.blue);
    }
  }
  cairo_surface_mark_dirty(picture.get());

  cairo_save(cairo());
  cairo_rectangle(cairo(), box.x, box.y, box.width, box.height);
  cairo_clip(cairo());
  cairo_translate(cairo(), box.x, box.y);
  cairo_scale(cairo(), box.width / static_cast<double>(columns),
              box.height / static_cast<double>(rows));
  cairo_set_source_surface(cairo(), picture.get(), 0, 0);
  cairo_pattern_t* const pattern = cairo_get_source(cairo());
  cairo_pattern_set_filter(
      pattern, smooth ? CAIRO_FILTER_BILINEAR : CAIRO_FILTER_NEAREST);
  cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD);
  cairo_paint(cairo());
  cairo_restore(cairo());
}

Pixels Canvas::ToPixels() {
  cairo_surface_flush(surface_.get());
  Pixels pixels = {.width = cairo_image_surface_get_width(surface_.get()),
                   .height = cairo_image_surface_get_height(surface_.get())};
  const unsigned char* const data =
      cairo_image_surface_get_data(surface_.get());
  const int64_t stride = cairo_image_surface_get_stride(surface_.get());
  pixels.values.reserve(static_cast<size_t>(pixels.width * pixels.height));
  for (int64_t y = 0; y < pixels.height; ++y) {
    const auto* line = reinterpret_cast<const uint32_t*>(data + y * stride);
    for (int64_t x = 0; x < pixels.width; ++x) {
      pixels.values.push_back(line[x] & 0xFFFFFF);  // The rest is undefined.
    }
  }
  return pixels;
}

absl::Status Canvas::WritePng(const std::string& path) {
  std::string png;
  const cairo_status_t status =
      cairo_surface_write_to_png_stream(surface_.get(), &AppendTo, &png);
  if (status != CAIRO_STATUS_SUCCESS) {
    return absl::InternalError(
        absl::StrCat(path, ": ", cairo_status_to_string(status)));
  }
  return WriteFile(path, png);
}

}  // namespace scoreserve
