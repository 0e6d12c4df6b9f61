#ifndef SCORESERVE_TESTS_MODELS_PLOTS_PNG_H_
#define SCORESERVE_TESTS_MODELS_PLOTS_PNG_H_

#include <cairo.h>

#include <cstdint>
#include <string>
#include <vector>

namespace scoreserve {

// A png that was read back.
struct Picture {
  int width = 0, height = 0;
  std::vector<uint32_t> pixels;  // 0xRRGGBB, row-major.

  uint32_t At(int x, int y) const { return pixels[y * width + x]; }

  // How many pixels have exactly that colour.
  int Count(uint32_t color) const {
    int count = 0;
    for (const uint32_t pixel : pixels) count += pixel == color;
    return count;
  }
};

// Empty where `path` is no png.
inline Picture ReadPng(const std::string& path) {
  cairo_surface_t* const surface =
      cairo_image_surface_create_from_png(path.c_str());
  Picture picture;
  if (cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS) {
    picture.width = cairo_image_surface_get_width(surface);
    picture.height = cairo_image_surface_get_height(surface);
    const unsigned char* const data = cairo_image_surface_get_data(surface);
    const int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < picture.height; ++y) {
      const auto* row = reinterpret_cast<const uint32_t*>(data + y * stride);
      for (int x = 0; x < picture.width; ++x) {
        picture.pixels.push_back(row[x] & 0xFFFFFF);
      }
    }
  }
  cairo_surface_destroy(surface);
  return picture;
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_MODELS_PLOTS_PNG_H_
