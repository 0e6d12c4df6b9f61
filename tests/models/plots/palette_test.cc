#include "models/plots/palette.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace scoreserve {
namespace {

int Channel(uint32_t color, int shift) {
  return static_cast<int>(color >> shift & 255);
}

TEST(PaletteTest, ColoursThatFitStayWhatTheyAre) {
  std::vector<uint32_t> pixels;
  for (uint32_t i = 0; i < 1000; ++i) pixels.push_back(i % 256 * 0x010101);
  const IndexedPixels reduced = ReduceColors(pixels);
  EXPECT_EQ(reduced.palette.size(), 256u);
  for (size_t i = 0; i < pixels.size(); ++i) {
    ASSERT_EQ(reduced.palette[reduced.indices[i]], pixels[i]);
  }
  EXPECT_EQ(ReduceColors({0x123456u}).palette,
            std::vector<uint32_t>{0x123456u});
}

TEST(PaletteTest, OneColourTooManyCostsItsNeighbourOneShade) {
  std::vector<uint32_t> pixels;
  for (uint32_t i = 0; i < 256; ++i) {
    pixels.insert(pixels.end(), 10, i / 16 * 0x100000 + i % 16 * 0x1000);
  }
  pixels.push_back(pixels.back() + 1);
  const IndexedPixels reduced = ReduceColors(pixels);
  ASSERT_EQ(reduced.palette.size(), 256u);
  for (size_t i = 0; i < pixels.size(); ++i) {
    const uint32_t got = reduced.palette[reduced.indices[i]];
    ASSERT_EQ(got >> 8, pixels[i] >> 8);
    ASSERT_LE(std::abs(Channel(got, 0) - Channel(pixels[i], 0)), 1);
  }
}

TEST(PaletteTest, AColourIsTheMeanOfThoseItStandsFor) {
  std::mt19937 random(1);
  std::vector<uint32_t> pixels(20'000);
  for (uint32_t& pixel : pixels) pixel = random() & 0xFFFFFF;
  const IndexedPixels reduced = ReduceColors(pixels);
  ASSERT_EQ(reduced.palette.size(), 256u);
  struct Sum {
    double channels[3] = {}, count = 0.0;
  };
  std::map<int, Sum> sums;
  for (size_t i = 0; i < pixels.size(); ++i) {
    Sum& sum = sums[reduced.indices[i]];
    for (int c = 0; c < 3; ++c) sum.channels[c] += Channel(pixels[i], 8 * c);
    ++sum.count;
  }
  ASSERT_EQ(sums.size(), 256u) << "each is used";
  for (const auto& [index, sum] : sums) {
    for (int c = 0; c < 3; ++c) {
      EXPECT_NEAR(Channel(reduced.palette[index], 8 * c),
                  sum.channels[c] / sum.count, 0.5);
    }
  }
}

}  // namespace
}  // namespace scoreserve
