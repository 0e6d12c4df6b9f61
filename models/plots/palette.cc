#include "models/plots/palette.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace scoreserve {
namespace {

constexpr size_t kMaxColors = 256;

struct CountedColor {
  uint32_t color = 0;
  int64_t pixels = 0;
};

int Channel(uint32_t color, int shift) {
  return static_cast<int>(color >> shift & 255);
}

// Each colour once, in the order of their numbers.
std::vector<CountedColor> Count(absl::Span<const uint32_t> pixels) {
  std::vector<uint32_t> sorted(pixels.begin(), pixels.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<CountedColor> colors;
  for (const uint32_t color : sorted) {
    if (colors.empty() || colors.back().color != color) {
      colors.push_back({.color = color});
    }
    ++colors.back().pixels;
  }
  return colors;
}

// Colours that will be one.
struct ColorBox {
  absl::Span<CountedColor> colors;
  int shift = 0;        // Of the channel in which they are widest.
  double weight = 0.0;  // How much it asks to be cut; 0 for a single colour.
};

ColorBox MakeBox(absl::Span<CountedColor> colors) {
  ColorBox box = {.colors = colors};
  int64_t pixels = 0;
  for (const CountedColor& color : colors) pixels += color.pixels;
  int widest = 0;
  for (const int shift : {16, 8, 0}) {
    int min = 255, max = 0;
    for (const CountedColor& color : colors) {
      min = std::min(min, Channel(color.color, shift));
      max = std::max(max, Channel(color.color, shift));
    }
    if (max - min <= widest) continue;
    widest = max - min;
    box.shift = shift;
  }
  box.weight = static_cast<double>(widest) * static_cast<double>(pixels);
  return box;
}

// The two halves of `box`, which has at least two colours.
std::array<ColorBox, 2> Cut(const ColorBox& box) {
  const absl::Span<CountedColor> colors = box.colors;
  std::sort(colors.begin(), colors.end(),
            [&box](const CountedColor& a, const CountedColor& b) {
              return Channel(a.color, box.shift) < Channel(b.color, box.shift);
            });
  int64_t pixels = 0, before = 0;
  for (const CountedColor& color : colors) pixels += color.pixels;
  size_t middle = 0;
  while (2 * before < pixels) before += colors[middle++].pixels;
  middle = std::clamp<size_t>(middle, 1, colors.size() - 1);
  return {MakeBox(colors.first(middle)), MakeBox(colors.subspan(middle))};
}

uint32_t Mean(const ColorBox& box) {
  uint32_t mean = 0;
  int64_t pixels = 0;
  for (const CountedColor& color : box.colors) pixels += color.pixels;
  for (const int shift : {16, 8, 0}) {
    int64_t sum = pixels / 2;  // To round.
    for (const CountedColor& color : box.colors) {
      sum += color.pixels * Channel(color.color, shift);
    }
    mean |= static_cast<uint32_t>(sum / pixels) << shift;
  }
  return mean;
}

}  // namespace

IndexedPixels ReduceColors(absl::Span<const uint32_t> pixels) {
  std::vector<CountedColor> colors = Count(pixels);
  std::vector<ColorBox> boxes;
  if (colors.size() <= kMaxColors) {
    for (CountedColor& color : colors) boxes.push_back(MakeBox({&color, 1}));
  } else {
    boxes.push_back(MakeBox(absl::MakeSpan(colors)));
  }
  while (boxes.size() < std::min(colors.size(), kMaxColors)) {
    const auto heaviest = std::max_element(
        boxes.begin(), boxes.end(), [](const ColorBox& a, const ColorBox& b) {
          return a.weight < b.weight;
        });
    const std::array<ColorBox, 2> halves = Cut(*heaviest);
    *heaviest = halves[0];
    boxes.push_back(halves[1]);
  }

  struct Numbered {
    uint32_t color;
    uint8_t index;
  };
  std::vector<Numbered> numbers;  // By colour.
  IndexedPixels reduced;
  for (const ColorBox& box : boxes) {
    for (const CountedColor& color : box.colors) {
      numbers.push_back(
          {.color = color.color,
           .index = static_cast<uint8_t>(reduced.palette.size())});
    }
    reduced.palette.push_back(Mean(box));
  }
  std::sort(
      numbers.begin(), numbers.end(),
      [](const Numbered& a, const Numbered& b) { return a.color < b.color; });
  reduced.indices.reserve(pixels.size());
  for (const uint32_t pixel : pixels) {
    const auto found = std::lower_bound(
        numbers.begin(), numbers.end(), pixel,
        [](const Numbered& a, uint32_t color) { return a.color < color; });
    reduced.indices.push_back(found->index);
  }
  return reduced;
}

}  // namespace scoreserve
