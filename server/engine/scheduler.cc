#include "server/engine/scheduler.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace scoreserve {

std::optional<Turn> Scheduler::PickLane(absl::Span<const LaneLoad> lanes) {
  // What waits, in reserves; how long; the least account of who has work.
  double reserves = 0.0;
  int64_t longest_wait = 0;
  std::optional<double> least;
  ByClass<bool> wants = {};
  for (const LaneLoad& lane : lanes) {
    if (lane.waiting_query_rows == 0 && lane.sampling_rows == 0) continue;
    least = std::min(least.value_or(lane.served_seconds), lane.served_seconds);
    const bool queries = lane.waiting_query_rows > 0;
    wants[IndexOf(queries ? WorkClass::kQuery : WorkClass::kSampling)] = true;
    if (!queries) continue;
    reserves += static_cast<double>(lane.waiting_query_rows) /
                static_cast<double>(lane.reserve);
    longest_wait = std::max(longest_wait, lane.passes_waited);
  }
  floor_ = std::max(floor_, least.value_or(0.0));
  shares_.Want(wants);

  const bool fits = reserves <= 1.0;
  // Less is better.
  const auto rank = [fits](const LaneLoad& lane) {
    const bool counts = fits && lane.waiting_query_rows > 0;
    return std::make_pair(counts ? -lane.passes_waited : 0,
                          lane.served_seconds);
  };
  std::optional<size_t> querying, sampling;
  for (size_t i = 0; i < lanes.size(); ++i) {
    const LaneLoad& lane = lanes[i];
    if (lane.in_flight) continue;
    if (lane.waiting_query_rows == 0 && lane.sampling_rows == 0) continue;
    std::optional<size_t>& best =
        lane.waiting_query_rows > 0 ? querying : sampling;
    if (!best.has_value() || rank(lane) < rank(lanes[*best])) best = i;
  }
  const bool behind =
      shares_.Behind(WorkClass::kSampling, WorkClass::kQuery) &&
      (!fits || longest_wait == 0 || passed_over_ >= kMostPassedOver);
  if (sampling.has_value() && (!querying.has_value() || behind)) {
    passed_over_ = 0;
    return Turn{.lane = *sampling, .work_class = WorkClass::kSampling};
  }
  if (!querying.has_value()) return std::nullopt;
  passed_over_ = sampling.has_value() ? passed_over_ + 1 : 0;
  return Turn{.lane = *querying, .work_class = WorkClass::kQuery};
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

Instant RankOf(Instant deadline, Instant since) {
  constexpr auto kPatience = std::chrono::seconds(10);
  return std::min(deadline, since + kPatience);
}

void PickParked(absl::Span<const LiveBlock> live, int64_t needed, Instant rank,
                std::vector<size_t>& parked) {
  parked.clear();
  for (size_t i = 0; i < live.size(); ++i) {
    if (live[i].passes >= kParkingQuantum && live[i].deadline >= rank)
      parked.push_back(i);
  }
  std::stable_sort(parked.begin(), parked.end(), [live](size_t a, size_t b) {
    return live[a].passes > live[b].passes;
  });
  size_t count = 0;
  while (needed > 0 && count < parked.size())
    needed -= live[parked[count++]].evaluations;
  parked.resize(needed > 0 ? 0 : count);
  std::sort(parked.begin(), parked.end());
}

}  // namespace scoreserve
