#include "models/training/stream_law.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

// Uniform on (0, 1), with 53 bits.
double Uniform(uint64_t seed, int64_t number, Purpose purpose) {
  const auto n = static_cast<uint64_t>(number);
  const std::array<uint32_t, 4> words =
      Philox({0, static_cast<uint32_t>(n >> 32), static_cast<uint32_t>(n),
              static_cast<uint32_t>(purpose)},
             seed);
  const uint64_t bits = (uint64_t{words[0]} << 32 | words[1]) >> 11;
  return (static_cast<double>(bits) + 0.5) * 0x1p-53;
}

}  // namespace

bool IsHeldOut(uint64_t seed, int64_t offset, double share) {
  return Uniform(seed, offset, Purpose::kHoldOut) < share;
}

int64_t WindowSlot(int64_t ordinal, int64_t capacity) {
  return ordinal % capacity;
}

std::optional<int64_t> ReservoirSlot(uint64_t seed, int64_t ordinal,
                                     int64_t capacity) {
  if (ordinal < capacity) return ordinal;
  const double place = Uniform(seed, ordinal, Purpose::kReservoir) *
                       (static_cast<double>(ordinal) + 1.0);
  // The product may be rounded up to ordinal + 1.
  const int64_t slot = std::min(static_cast<int64_t>(place), ordinal);
  if (slot >= capacity) return std::nullopt;
  return slot;
}

}  // namespace scoreserve
