#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "tests/models/plots/animated_picture.h"

namespace scoreserve {
namespace {

// Big-endian numbers from the front of `bytes`, which must have them.
class Reader {
 public:
  explicit Reader(absl::string_view bytes) : bytes_(bytes) {}

  absl::string_view Take(size_t count) {
    EXPECT_GE(bytes_.size(), count);
    const absl::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(taken.size());
    return taken;
  }
  uint32_t Number(int bytes) {
    uint32_t number = 0;
    for (const char byte : Take(bytes)) {
      number = number << 8 | static_cast<unsigned char>(byte);
    }
    return number;
  }
  absl::string_view rest() const { return bytes_; }

 private:
  absl::string_view bytes_;
};

std::string Inflate(absl::string_view packed, size_t size) {
  std::string bytes(size, '\0');
  uLongf length = size;
  EXPECT_EQ(
      uncompress(reinterpret_cast<Bytef*>(bytes.data()), &length,
                 reinterpret_cast<const Bytef*>(packed.data()), packed.size()),
      Z_OK);
  EXPECT_EQ(length, size);
  return bytes;
}

int Paeth(int left, int above, int corner) {
  const int guess = left + above - corner;
  const int a = std::abs(guess - left), b = std::abs(guess - above),
            c = std::abs(guess - corner);
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

// 24-bit pixels from zlib data, with every filter of the format.
std::vector<uint32_t> Unpack(absl::string_view packed, int width, int height) {
  const int stride = 3 * width;
  const std::string bytes =
      Inflate(packed, static_cast<size_t>(height) * (stride + 1));
  std::vector<uint8_t> line(stride), above(stride);
  std::vector<uint32_t> pixels;
  for (int y = 0; y < height; ++y) {
    const char* const filtered = bytes.data() + y * (stride + 1);
    for (int i = 0; i < stride; ++i) {
      const int left = i < 3 ? 0 : line[i - 3];
      const int corner = i < 3 ? 0 : above[i - 3];
      const int guesses[] = {0, left, above[i], (left + above[i]) / 2,
                             Paeth(left, above[i], corner)};
      EXPECT_LT(static_cast<int>(filtered[0]), 5);
      line[i] = static_cast<uint8_t>(filtered[1 + i] +
                                     guesses[static_cast<int>(filtered[0])]);
    }
    for (int x = 0; x < width; ++x) {
      pixels.push_back(line[3 * x] << 16 | line[3 * x + 1] << 8 |
                       line[3 * x + 2]);
    }
    above = line;
  }
  return pixels;
}

}  // namespace

AnimatedPicture DecodeApng(absl::string_view file) {
  AnimatedPicture picture;
  Reader reader(file);
  EXPECT_EQ(reader.Take(8), "\x89PNG\r\n\x1a\n");
  uint32_t sequence = 0, frames = 0;
  std::string types;
  while (!reader.rest().empty()) {
    const uint32_t length = reader.Number(4);
    const absl::string_view body = reader.rest().substr(0, 4 + length);
    const absl::string_view type = reader.Take(4);
    Reader data(reader.Take(length));
    EXPECT_EQ(reader.Number(4),
              crc32(0, reinterpret_cast<const Bytef*>(body.data()),
                    static_cast<uInt>(body.size())));
    types += std::string(type) + " ";
    if (testing::Test::HasFailure()) return picture;
    if (type == "IHDR") {
      picture.width = static_cast<int>(data.Number(4));
      picture.height = static_cast<int>(data.Number(4));
      EXPECT_EQ(data.Take(5), absl::string_view("\x08\x02\0\0\0", 5));
    } else if (type == "acTL") {
      frames = data.Number(4);
      EXPECT_EQ(data.Number(4), 0u) << "repeats for ever";
    } else if (type == "IDAT") {
      picture.still = Unpack(data.rest(), picture.width, picture.height);
    } else if (type == "fcTL") {
      EXPECT_EQ(data.Number(4), sequence++);
      DecodedFrame frame;
      frame.width = static_cast<int>(data.Number(4));
      frame.height = static_cast<int>(data.Number(4));
      frame.x = static_cast<int>(data.Number(4));
      frame.y = static_cast<int>(data.Number(4));
      const uint32_t time = data.Number(2), per_second = data.Number(2);
      frame.milliseconds = static_cast<int>(1000 * time / per_second);
      EXPECT_EQ(data.Number(2), 0u) << "stays, and replaces";
      EXPECT_LE(frame.x + frame.width, picture.width);
      EXPECT_LE(frame.y + frame.height, picture.height);
      if (picture.frames.empty()) {
        EXPECT_EQ(frame.width * frame.height, picture.width * picture.height);
        frame.pixels.resize(picture.width * picture.height);
      } else {
        frame.pixels = picture.frames.back().pixels;
      }
      picture.frames.push_back(std::move(frame));
    } else if (type == "fdAT") {
      EXPECT_EQ(data.Number(4), sequence++);
      DecodedFrame& frame = picture.frames.back();
      const std::vector<uint32_t> part =
          Unpack(data.rest(), frame.width, frame.height);
      for (int i = 0; i < frame.width * frame.height; ++i) {
        const int x = frame.x + i % frame.width, y = frame.y + i / frame.width;
        frame.pixels[y * picture.width + x] = part[i];
      }
    }
  }
  EXPECT_EQ(picture.frames.size(), frames);
  EXPECT_EQ(types.substr(0, 15), "IHDR acTL IDAT ");
  EXPECT_EQ(types.substr(types.size() - 5), "IEND ");
  return picture;
}

}  // namespace scoreserve
