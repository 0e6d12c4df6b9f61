#include "models/plots/lzw.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/models/plots/animated_picture.h"

namespace scoreserve {
namespace {

// The example of M. Flickinger's "What's in a GIF": 10 by 10 pixels of 4
// colours.
TEST(LzwTest, GivesThePublishedCodesOfAPublishedPicture) {
  std::vector<uint8_t> symbols;
  for (const auto& [line, times] :
       std::vector<std::pair<std::string, int>>{{"1111122222", 3},
                                                {"1110000222", 2},
                                                {"2220000111", 2},
                                                {"2222211111", 3}}) {
    for (int i = 0; i < times; ++i) {
      for (const char symbol : line) symbols.push_back(symbol - '0');
    }
  }
  EXPECT_EQ(LzwCompress(symbols, 2),
            std::string("\x8C\x2D\x99\x87\x2A\x1C\xDC\x33\xA0\x02\x75\xEC\x95"
                        "\xFA\xA8\xDE\x60\x8C\x04\x91\x4C\x01",
                        22));
}

// Of every length up to a few clear codes: where the width of a code changes,
// and where the dictionary is full, are special to neither side.
TEST(LzwTest, EveryLengthComesBack) {
  std::mt19937 random(1);
  for (int bits = 2; bits <= 8; ++bits) {
    std::vector<uint8_t> symbols(40'000);
    for (uint8_t& symbol : symbols) symbol = random() % (1u << bits);
    ASSERT_EQ(LzwDecode(LzwCompress(symbols, bits), bits), symbols) << bits;
    for (size_t length = 0; length <= 5000; length += 1 + length / 100) {
      const absl::Span<const uint8_t> part(symbols.data(), length);
      ASSERT_EQ(LzwDecode(LzwCompress(part, bits), bits),
                std::vector<uint8_t>(part.begin(), part.end()))
          << bits << " bits, " << length << " symbols";
    }
  }
}

TEST(LzwTest, OneSymbolOverAndOverTakesTheRootOfItsLength) {
  const std::vector<uint8_t> symbols(1'000'000, 3);
  const std::string codes = LzwCompress(symbols, 2);
  EXPECT_EQ(LzwDecode(codes, 2), symbols);
  EXPECT_LT(codes.size(), 2500u);  // √2·10⁶ codes of at most 12 bits: 2121.
}

}  // namespace
}  // namespace scoreserve
