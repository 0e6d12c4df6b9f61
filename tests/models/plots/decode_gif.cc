#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "tests/models/plots/animated_picture.h"

namespace scoreserve {
namespace {

// From the front of a file, which must have what is taken.
class Reader {
 public:
  explicit Reader(absl::string_view bytes) : bytes_(bytes) {}

  absl::string_view Take(size_t count) {
    EXPECT_GE(bytes_.size(), count);
    const absl::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(taken.size());
    return taken;
  }
  int Byte() {
    const absl::string_view byte = Take(1);
    return byte.empty() ? 0 : static_cast<unsigned char>(byte[0]);
  }
  int Number() {
    const int low = Byte();
    return low | Byte() << 8;
  }
  std::string Blocks() {
    std::string data;
    while (const int size = Byte()) data += std::string(Take(size));
    return data;
  }

 private:
  absl::string_view bytes_;
};

}  // namespace

std::vector<uint8_t> LzwDecode(absl::string_view codes, int bits) {
  const size_t clear = size_t{1} << bits, end = clear + 1;
  std::vector<std::vector<uint8_t>> strings;
  const auto reset = [&] {
    strings.clear();
    for (size_t i = 0; i <= end; ++i) {
      strings.push_back({static_cast<uint8_t>(i)});
    }
  };
  std::vector<uint8_t> symbols, before;
  int width = bits + 1;
  size_t position = 0;  // In bits.
  while (position + width <= 8 * codes.size()) {
    size_t code = 0;
    for (int bit = 0; bit < width; ++bit, ++position) {
      const auto byte = static_cast<unsigned char>(codes[position / 8]);
      code |= static_cast<size_t>(byte >> position % 8 & 1) << bit;
    }
    if (code == end) {
      EXPECT_LT(8 * codes.size() - position, 8u) << "bytes after the end";
      return symbols;
    }
    if (code == clear) {
      reset();
      before.clear();
      width = bits + 1;
      continue;
    }
    // A string of one more symbol than the last, known from the next code on.
    if (!before.empty() && strings.size() < 4096) {
      std::vector<uint8_t> longer = before;
      longer.push_back(code < strings.size() ? strings[code][0] : before[0]);
      strings.push_back(longer);
    }
    if (code >= strings.size()) {
      ADD_FAILURE() << "code " << code << " of " << strings.size();
      return symbols;
    }
    before = strings[code];
    symbols.insert(symbols.end(), before.begin(), before.end());
    if (strings.size() == size_t{1} << width && width < 12) ++width;
  }
  ADD_FAILURE() << "no end code";
  return symbols;
}

AnimatedPicture DecodeGif(absl::string_view file) {
  AnimatedPicture picture;
  Reader reader(file);
  EXPECT_EQ(reader.Take(6), "GIF89a");
  picture.width = reader.Number();
  picture.height = reader.Number();
  EXPECT_EQ(reader.Byte() & 0x80, 0) << "no global colours";
  reader.Take(2);
  int hundredths = 0;
  bool repeats = false;
  while (!testing::Test::HasFailure()) {
    const int kind = reader.Byte();
    if (kind == 0x3B) break;
    if (kind == 0x21) {
      const int label = reader.Byte();
      Reader data(reader.Blocks());
      if (label == 0xF9) {
        EXPECT_EQ(data.Byte(), 1 << 2) << "stays, and nothing is transparent";
        hundredths = data.Number();
      } else {
        EXPECT_EQ(data.Take(12), "NETSCAPE2.0\x01");
        repeats = data.Number() == 0;
      }
      continue;
    }
    EXPECT_EQ(kind, 0x2C);
    DecodedFrame frame;
    frame.milliseconds = 10 * hundredths;
    frame.x = reader.Number();
    frame.y = reader.Number();
    frame.width = reader.Number();
    frame.height = reader.Number();
    EXPECT_LE(frame.x + frame.width, picture.width);
    EXPECT_LE(frame.y + frame.height, picture.height);
    const int flags = reader.Byte();
    EXPECT_EQ(flags & 0xF8, 0x80) << "colours of its own, lines in order";
    std::vector<uint32_t> colors(2 << (flags & 7));
    for (uint32_t& color : colors) {
      for (int i = 0; i < 3; ++i) color = color << 8 | reader.Byte();
    }
    const int bits = reader.Byte();
    const std::vector<uint8_t> indices = LzwDecode(reader.Blocks(), bits);
    EXPECT_EQ(indices.size(), frame.width * frame.height);
    if (testing::Test::HasFailure()) break;
    frame.pixels.resize(picture.width * picture.height);
    if (!picture.frames.empty()) frame.pixels = picture.frames.back().pixels;
    for (int i = 0; i < frame.width * frame.height; ++i) {
      const int x = frame.x + i % frame.width, y = frame.y + i / frame.width;
      frame.pixels[y * picture.width + x] = colors.at(indices[i]);
    }
    picture.frames.push_back(std::move(frame));
  }
  EXPECT_TRUE(repeats);
  return picture;
}

}  // namespace scoreserve
