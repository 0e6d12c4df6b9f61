#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "models/plots/frame_encoder.h"
#include "models/plots/pixels.h"

namespace scoreserve {
namespace {

constexpr absl::string_view kSignature = "\x89PNG\r\n\x1a\n";
// What a line is stored as: itself, or what it adds to the one above, where
// squares of one colour become zeros.
enum class Filter : char { kNone = 0, kUp = 2 };

// Big-endian, as all numbers of the format.
std::string Number(uint32_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text += static_cast<char>(value >> shift & 255);
  }
  return text;
}

std::string Number(int64_t value) {
  return Number(static_cast<uint32_t>(value), 4);
}

std::string Chunk(absl::string_view type, absl::string_view data) {
  const std::string body = absl::StrCat(type, data);
  const uLong crc = crc32(0, reinterpret_cast<const Bytef*>(body.data()),
                          static_cast<uInt>(body.size()));
  return absl::StrCat(Number(static_cast<int64_t>(data.size())), body,
                      Number(static_cast<uint32_t>(crc), 4));
}

// The lines of `box`, behind the filter of each.
std::string Filtered(const Pixels& picture, const PixelBox& box,
                     Filter filter) {
  std::string lines;
  lines.reserve(static_cast<size_t>(box.height * (3 * box.width + 1)));
  for (int64_t y = box.y; y < box.y + box.height; ++y) {
    const bool up = filter == Filter::kUp && y > box.y;
    lines += static_cast<char>(up ? Filter::kUp : Filter::kNone);
    const uint32_t* const line = picture.at(box.x, y);
    const uint32_t* const above = up ? picture.at(box.x, y - 1) : nullptr;
    for (int64_t x = 0; x < box.width; ++x) {
      for (int shift = 16; shift >= 0; shift -= 8) {
        const uint32_t byte = line[x] >> shift;
        lines += static_cast<char>(up ? byte - (above[x] >> shift) : byte);
      }
    }
  }
  return lines;
}

std::string Deflated(const std::string& bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::string packed(size, '\0');
  // It fails for want of memory or room alone.
  compress(reinterpret_cast<Bytef*>(packed.data()), &size,
           reinterpret_cast<const Bytef*>(bytes.data()),
           static_cast<uLong>(bytes.size()));
  packed.resize(size);
  return packed;
}

// `box` of `picture` as the format has it, by the better filter: sheets of
// images and scattered points differ in which one that is.
std::string Compressed(const Pixels& picture, const PixelBox& box) {
  std::string none = Deflated(Filtered(picture, box, Filter::kNone));
  std::string up = Deflated(Filtered(picture, box, Filter::kUp));
  return up.size() < none.size() ? up : none;
}

class ApngEncoder final : public FrameEncoder {
 public:
  void Add(const Pixels& picture, const PixelBox& changed,
           absl::Duration shown) override {
    const auto milliseconds =
        static_cast<uint32_t>(absl::ToInt64Milliseconds(shown));
    const char kKeep = 0;  // What is there stays below the next frame,
    const char kOver = 0;  // which replaces it where it is.
    chunks_ += Chunk("fcTL",
                     absl::StrCat(NextNumber(), Number(changed.width),
                                  Number(changed.height), Number(changed.x),
                                  Number(changed.y), Number(milliseconds, 2),
                                  Number(1000, 2), absl::string_view(&kKeep, 1),
                                  absl::string_view(&kOver, 1)));
    chunks_ +=
        Chunk("fdAT", absl::StrCat(NextNumber(), Compressed(picture, changed)));
    ++frames_;
  }

  std::string Finish(const Pixels& last) override {
    // 8 bits of red, green and blue; the only compression and filters there
    // are; lines in order.
    const absl::string_view kKind("\x08\x02\x00\x00\x00", 5);
    // The picture that is no frame comes first: for those who know of no more.
    return absl::StrCat(
        kSignature,
        Chunk("IHDR",
              absl::StrCat(Number(last.width), Number(last.height), kKind)),
        Chunk("acTL", absl::StrCat(Number(frames_), Number(0, 4))),
        Chunk("IDAT", Compressed(last, last.box())), chunks_,
        Chunk("IEND", ""));
  }

 private:
  // Of the chunks of frames, one sequence.
  std::string NextNumber() { return Number(sequence_++); }

  int64_t frames_ = 0;
  int64_t sequence_ = 0;
  std::string chunks_;
};

}  // namespace

std::unique_ptr<FrameEncoder> NewApngEncoder() {
  return std::make_unique<ApngEncoder>();
}

}  // namespace scoreserve
