#include "server/engine/service_rate.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace scoreserve {
namespace {

constexpr double kNew = 0.1;  // Weight of an observation.
constexpr double kMostOfAverage = 4.0;

// ⌈log₂ rows⌉.
size_t SizeOf(int64_t rows) {
  return std::bit_width(static_cast<uint64_t>(std::max<int64_t>(rows, 1)) - 1);
}

}  // namespace

void ServiceRate::Observe(int64_t row_evaluations, double seconds) {
  if (row_evaluations < 1) return;
  std::atomic<double>& average =
      seconds_per_row_[std::min(SizeOf(row_evaluations), kSizes - 1)];
  const double per_row = seconds / static_cast<double>(row_evaluations);
  const double before = average.load(std::memory_order_relaxed);
  average.store(
      before == 0.0
          ? per_row
          : before +
                kNew * (std::min(per_row, kMostOfAverage * before) - before),
      std::memory_order_relaxed);
}

double ServiceRate::PassSeconds(int64_t row_evaluations) const {
  const size_t size = std::min(SizeOf(row_evaluations), kSizes - 1);
  for (size_t away = 0; away < kSizes; ++away) {
    // The smaller first: its rows cost more, so a wait is not underestimated.
    for (const size_t near : {size - away, size + away}) {
      if (near >= kSizes) continue;  // Or below 0, wrapped round.
      const double per_row =
          seconds_per_row_[near].load(std::memory_order_relaxed);
      if (per_row > 0.0) return per_row * static_cast<double>(row_evaluations);
    }
  }
  return 0.0;
}

}  // namespace scoreserve
