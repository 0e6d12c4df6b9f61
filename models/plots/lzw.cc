#include "models/plots/lzw.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace scoreserve {
namespace {

constexpr int kMaxBits = 12;

// Codes one after another, least significant bit first.
class BitWriter {
 public:
  void Write(int code, int bits) {
    pending_ |= static_cast<uint32_t>(code) << count_;
    count_ += bits;
    for (; count_ >= 8; count_ -= 8, pending_ >>= 8) {
      bytes_ += static_cast<char>(pending_ & 255);
    }
  }

  std::string Finish() {
    if (count_ > 0) bytes_ += static_cast<char>(pending_ & 255);
    return std::move(bytes_);
  }

 private:
  uint32_t pending_ = 0;
  int count_ = 0;  // Bits that are pending: less than 8 between calls.
  std::string bytes_;
};

// The code of each string that has one: by the code of all but its last symbol,
// and that symbol. Open addressing; at most 4096 of 16384 slots are taken.
class Dictionary {
 public:
  Dictionary() : keys_(kSlots), codes_(kSlots) { Clear(); }

  void Clear() { std::fill(keys_.begin(), keys_.end(), kNone); }

  // Where that string is, or would be.
  size_t Slot(int prefix, uint8_t symbol) const {
    const int32_t key = Key(prefix, symbol);
    size_t slot = static_cast<uint32_t>(key) * 2654435761u >> 18;
    while (keys_[slot] != key && keys_[slot] != kNone) {
      slot = (slot + 1) % kSlots;
    }
    return slot;
  }
  bool Has(size_t slot) const { return keys_[slot] != kNone; }
  int Code(size_t slot) const { return codes_[slot]; }

  void Put(size_t slot, int prefix, uint8_t symbol, int code) {
    keys_[slot] = Key(prefix, symbol);
    codes_[slot] = code;
  }

 private:
  static constexpr size_t kSlots = size_t{1} << 14;
  static constexpr int32_t kNone = -1;

  static int32_t Key(int prefix, uint8_t symbol) {
    return prefix << 8 | symbol;
  }

  std::vector<int32_t> keys_;
  std::vector<int> codes_;
};

}  // namespace

std::string LzwCompress(absl::Span<const uint8_t> symbols, int bits) {
  const int clear = 1 << bits, end = clear + 1;
  Dictionary dictionary;
  BitWriter out;
  int width = bits + 1;
  int last = end;  // The newest code that the reader knows.
  int prefix = -1;
  out.Write(clear, width);
  for (const uint8_t symbol : symbols) {
    if (prefix < 0) {
      prefix = symbol;
      continue;
    }
    const size_t slot = dictionary.Slot(prefix, symbol);
    if (dictionary.Has(slot)) {
      prefix = dictionary.Code(slot);
      continue;
    }
    out.Write(prefix, width);
    if (last + 1 < 1 << kMaxBits) {
      dictionary.Put(slot, prefix, symbol, ++last);
      // The reader, who learns each code one later, needs the bit from here on.
      if (last == 1 << width) ++width;
    } else {
      out.Write(clear, width);
      dictionary.Clear();
      width = bits + 1;
      last = end;
    }
    prefix = symbol;
  }
  if (prefix >= 0) {
    out.Write(prefix, width);
    // The reader learns one more code from the one just written.
    if (last + 1 == 1 << width && width < kMaxBits) ++width;
  }
  out.Write(end, width);
  return out.Finish();
}

}  // namespace scoreserve
