// Who goes next. Pure arithmetic: no clock, no thread, no lane.

#ifndef SCORESERVE_SERVER_ENGINE_SCHEDULER_H_
#define SCORESERVE_SERVER_ENGINE_SCHEDULER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"

namespace scoreserve {

// How a lane of `max_rows` is shared: a quarter, the *reserve*, is kept free
// for queries; a block of a trajectory is at most as large.
inline int64_t QueryReserve(int64_t max_rows) { return (max_rows + 3) / 4; }

// The rows that every pass of a deterministic lane evaluates. Bits depend on
// it; docs/performance.md says what it costs.
inline int64_t DeterministicRows(int64_t max_rows) {
  return max_rows < 64 ? max_rows : 64;
}

// What one lane asks for.
struct LaneLoad {
  int64_t waiting_query_rows = 0;
  int64_t sampling_rows = 0;    // Live, or waiting to enter.
  double served_seconds = 0.0;  // Device time that it has had.
  bool in_flight = false;       // Its last pass is not finished.
};

// Whose pass is next: a lane with a waiting query before one without, the least
// served among equals. None where nobody has work, or who has is in flight.
std::optional<size_t> PickLane(absl::Span<const LaneLoad> lanes);

// How many rows of each waiting query, oldest first, the next pass takes.
// `take` is overwritten.
//
// Queries that fit the reserve go whole and in order; larger ones are cut and
// take what is left, for which half of the reserve is kept where one waits. So
// while all that waits fits one reserve it is taken at once, and a larger query
// alone takes ⌈rows / reserve⌉ passes at most. Requires free_rows ≥ reserve.
void ShareFreeRows(absl::Span<const int64_t> waiting, int64_t free_rows,
                   int64_t reserve, std::vector<int64_t>& take);

// The sizes of the blocks that a request of `rows` is cut into: as few as fit,
// and as equal as they can be.
std::vector<int64_t> CutIntoBlocks(int64_t rows, int64_t most);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_SCHEDULER_H_
