#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "models/plots/frame_encoder.h"
#include "models/plots/lzw.h"
#include "models/plots/palette.h"
#include "models/plots/pixels.h"

namespace scoreserve {
namespace {

constexpr size_t kMaxBlock = 255;

std::string Byte(int value) { return std::string(1, static_cast<char>(value)); }

// Little-endian, as all numbers of the format.
std::string Number(int64_t value) {
  return absl::StrCat(Byte(static_cast<int>(value & 255)),
                      Byte(static_cast<int>(value >> 8 & 255)));
}

// In blocks that begin with their length, the last of length 0.
std::string Blocks(absl::string_view data) {
  std::string blocks;
  for (; !data.empty(); data.remove_prefix(std::min(kMaxBlock, data.size()))) {
    const absl::string_view block = data.substr(0, kMaxBlock);
    absl::StrAppend(&blocks, Byte(static_cast<int>(block.size())), block);
  }
  return blocks + Byte(0);
}

class GifEncoder final : public FrameEncoder {
 public:
  void Add(const Pixels& picture, const PixelBox& changed,
           absl::Duration shown) override {
    std::vector<uint32_t> pixels;
    for (int64_t y = changed.y; y < changed.y + changed.height; ++y) {
      const uint32_t* const line = picture.at(changed.x, y);
      pixels.insert(pixels.end(), line, line + changed.width);
    }
    const IndexedPixels reduced = ReduceColors(pixels);
    // 2^bits colours, of which those beyond the palette are never used.
    const int bits = std::max(
        1, static_cast<int>(std::bit_width(reduced.palette.size() - 1)));
    const int code_bits = std::max(2, bits);
    const auto hundredths = static_cast<int64_t>(
        std::lround(absl::FDivDuration(shown, absl::Milliseconds(10))));
    const int kKeep = 1 << 2;  // What is there stays below the next frame.
    const int kOwnColors = 1 << 7;
    absl::StrAppend(&frames_, "\x21\xF9", Byte(4), Byte(kKeep),
                    Number(hundredths), Byte(0), Byte(0));
    absl::StrAppend(&frames_, "\x2C", Number(changed.x), Number(changed.y),
                    Number(changed.width), Number(changed.height),
                    Byte(kOwnColors | (bits - 1)));
    for (size_t i = 0; i < size_t{1} << bits; ++i) {
      const uint32_t color =
          i < reduced.palette.size() ? reduced.palette[i] : 0;
      for (const int shift : {16, 8, 0}) {
        frames_ += static_cast<char>(color >> shift & 255);
      }
    }
    absl::StrAppend(&frames_, Byte(code_bits),
                    Blocks(LzwCompress(reduced.indices, code_bits)));
  }

  std::string Finish(const Pixels& last) override {
    const int kEightBitsAChannel = 7 << 4;
    return absl::StrCat(
        "GIF89a", Number(last.width), Number(last.height),
        Byte(kEightBitsAChannel), Byte(0), Byte(0),
        // Netscape's extension: how often to repeat, 0 for ever.
        "\x21\xFF", Byte(11), "NETSCAPE2.0", Byte(3), Byte(1), Number(0),
        Byte(0), frames_, "\x3B");
  }

 private:
  std::string frames_;
};

}  // namespace

std::unique_ptr<FrameEncoder> NewGifEncoder() {
  return std::make_unique<GifEncoder>();
}

}  // namespace scoreserve
