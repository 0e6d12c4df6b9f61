#include "models/training/batch_law.h"

#include <bit>
#include <cstddef>
#include <cstdint>

#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

// A permutation of [0, 4^half_bits).
uint64_t Permute(uint64_t seed, uint32_t epoch, int half_bits, uint64_t index) {
  // With four, orders of a few hundred rows have a trend that a test can see.
  constexpr uint32_t kRounds = 8;
  const uint64_t mask = (uint64_t{1} << half_bits) - 1;
  uint64_t left = index >> half_bits, right = index & mask;
  for (uint32_t round = 0; round < kRounds; ++round) {
    const uint64_t word = Philox({static_cast<uint32_t>(right), round, epoch,
                                  static_cast<uint32_t>(Purpose::kBatch)},
                                 seed)[0];
    const uint64_t next = left ^ (word & mask);
    left = right;
    right = next;
  }
  return left << half_bits | right;
}

}  // namespace

void FillBatch(uint64_t seed, int64_t batch, int64_t visible,
               absl::Span<int64_t> rows) {
  const auto n = static_cast<uint64_t>(visible);
  const int half_bits = (std::bit_width(n - 1) + 1) / 2;
  for (size_t i = 0; i < rows.size(); ++i) {
    const uint64_t place = static_cast<uint64_t>(batch) * rows.size() + i;
    const auto epoch = static_cast<uint32_t>(place / n);
    uint64_t row = place % n;
    // Walking on until inside keeps it a permutation of [0, n); at most four
    // steps are expected.
    do {
      row = Permute(seed, epoch, half_bits, row);
    } while (row >= n);
    rows[i] = static_cast<int64_t>(row);
  }
}

}  // namespace scoreserve
