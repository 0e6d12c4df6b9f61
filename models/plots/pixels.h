// A picture as numbers; internal.

#ifndef SCORESERVE_MODELS_PLOTS_PIXELS_H_
#define SCORESERVE_MODELS_PLOTS_PIXELS_H_

#include <cstdint>
#include <vector>

namespace scoreserve {

// A part of a picture, from its top left. Never empty.
struct PixelBox {
  int64_t x = 0, y = 0, width = 1, height = 1;
};

struct Pixels {
  int64_t width = 0, height = 0;
  std::vector<uint32_t> values = {};  // 0xRRGGBB, row-major.

  PixelBox box() const { return {.width = width, .height = height}; }
  const uint32_t* at(int64_t x, int64_t y) const {
    return values.data() + y * width + x;
  }
};

// The smallest box that holds every pixel in which `a` and `b`, which are of
// one size, differ; the first pixel where they are the same.
PixelBox Difference(const Pixels& a, const Pixels& b);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_PIXELS_H_
