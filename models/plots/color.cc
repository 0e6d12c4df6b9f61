#include "models/plots/color.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace scoreserve {
namespace {

constexpr std::array<uint32_t, 10> kPalette = {
    0x4C72B0, 0xDD8452, 0x55A868, 0xC44E52, 0x8172B3,
    0x937860, 0xDA8BC3, 0x8C8C8C, 0xCCB974, 0x64B5CD};

// Equally spaced; what lies between is interpolated.
constexpr uint32_t kGray[] = {0x000000, 0xFFFFFF};
constexpr uint32_t kBlues[] = {0xFFFFFF, 0xDEEBF7, 0x9ECAE1, 0x4292C6,
                               0x08519C};
constexpr uint32_t kViridis[] = {0x440154, 0x472D7B, 0x3B528B,
                                 0x2C728E, 0x21918C, 0x28AE80,
                                 0x5EC962, 0xADDC30, 0xFDE725};

constexpr Color kNotANumber = Rgb(0xFF0000);

absl::Span<const uint32_t> Anchors(ColorMap map) {
  switch (map) {
    case ColorMap::kGray:
      return kGray;
    case ColorMap::kBlues:
      return kBlues;
    case ColorMap::kViridis:
      return kViridis;
  }
  return kGray;
}

}  // namespace

Color PaletteColor(int index) {
  return Rgb(kPalette[static_cast<size_t>(index) % kPalette.size()]);
}

Color MapColor(ColorMap map, double fraction) {
  if (std::isnan(fraction)) return kNotANumber;
  const absl::Span<const uint32_t> anchors = Anchors(map);
  const double place =
      std::clamp(fraction, 0.0, 1.0) * static_cast<double>(anchors.size() - 1);
  const size_t below = std::min(static_cast<size_t>(place), anchors.size() - 2);
  const double t = place - static_cast<double>(below);
  const Color a = Rgb(anchors[below]), b = Rgb(anchors[below + 1]);
  return {.red = std::lerp(a.red, b.red, t),
          .green = std::lerp(a.green, b.green, t),
          .blue = std::lerp(a.blue, b.blue, t)};
}

}  // namespace scoreserve
