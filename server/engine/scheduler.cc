#include "server/engine/scheduler.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "absl/types/span.h"

namespace scoreserve {

std::optional<size_t> PickLane(absl::Span<const LaneLoad> lanes) {
  // Less is better: no query waiting (false before true), then time served.
  const auto rank = [](const LaneLoad& lane) {
    return std::make_tuple(lane.waiting_query_rows == 0, lane.served_seconds);
  };
  std::optional<size_t> best;
  for (size_t i = 0; i < lanes.size(); ++i) {
    const LaneLoad& lane = lanes[i];
    const bool has_work = lane.waiting_query_rows > 0 || lane.sampling_rows > 0;
    if (!has_work || lane.in_flight) continue;
    if (!best.has_value() || rank(lane) < rank(lanes[*best])) best = i;
  }
  return best;
}

void ShareFreeRows(absl::Span<const int64_t> waiting, int64_t free_rows,
                   int64_t reserve, std::vector<int64_t>& take) {
  take.assign(waiting.size(), 0);
  const auto is_large = [reserve](int64_t rows) { return rows > reserve; };
  const bool large_waits =
      std::any_of(waiting.begin(), waiting.end(), is_large);
  int64_t for_whole = free_rows - (large_waits ? reserve / 2 : 0);
  int64_t left = free_rows;
  for (size_t i = 0; i < waiting.size(); ++i) {
    if (is_large(waiting[i])) continue;
    if (waiting[i] > for_whole) break;
    take[i] = waiting[i];
    for_whole -= waiting[i];
    left -= waiting[i];
  }
  for (size_t i = 0; i < waiting.size() && left > 0; ++i) {
    if (!is_large(waiting[i])) continue;
    take[i] = std::min(waiting[i], left);
    left -= take[i];
  }
}

std::vector<int64_t> CutIntoBlocks(int64_t rows, int64_t most) {
  const int64_t count = (rows + most - 1) / most;
  std::vector<int64_t> blocks(count, rows / count);
  for (int64_t i = 0; i < rows % count; ++i) ++blocks[i];
  return blocks;
}

}  // namespace scoreserve
