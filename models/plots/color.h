#ifndef SCORESERVE_MODELS_PLOTS_COLOR_H_
#define SCORESERVE_MODELS_PLOTS_COLOR_H_

#include <cstdint>

namespace scoreserve {

// sRGB, each from 0 to 1.
struct Color {
  double red = 0.0, green = 0.0, blue = 0.0;
  double alpha = 1.0;
};

// 0xRRGGBB.
constexpr Color Rgb(uint32_t hex) {
  return {.red = (hex >> 16 & 255) / 255.0,
          .green = (hex >> 8 & 255) / 255.0,
          .blue = (hex & 255) / 255.0};
}

// A colour that differs from those of the nine indices before it.
Color PaletteColor(int index);

// Colours of a range of values.
enum class ColorMap {
  kGray,     // Black to white.
  kBlues,    // White to dark blue: a background for points and arrows.
  kViridis,  // Dark blue over green to yellow, evenly to the eye.
};

// The colour of `fraction`, which is taken into [0, 1]; red where it is NaN.
Color MapColor(ColorMap map, double fraction);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_COLOR_H_
