// Who goes next. Pure arithmetic: no clock, no thread, no lane.

#ifndef SCORESERVE_SERVER_ENGINE_SCHEDULER_H_
#define SCORESERVE_SERVER_ENGINE_SCHEDULER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "server/engine/class_shares.h"
#include "server/engine/clock.h"
#include "server/engine/work_class.h"

namespace scoreserve {

// How a lane of `max_rows` is shared: a quarter, the *reserve*, is kept free
// for queries; a block of a trajectory is at most as large. At least four, so
// that half of it still holds a guided row, which takes two evaluations: a lane
// has at least 8 rows (models/io, kMinBatchRows).
inline int64_t QueryReserve(int64_t max_rows) {
  return std::max<int64_t>(4, (max_rows + 3) / 4);
}

// The rows that every pass of a deterministic lane evaluates. Bits depend on
// it; docs/performance.md says what it costs.
inline int64_t DeterministicRows(int64_t max_rows) {
  return max_rows < 64 ? max_rows : 64;
}

// What one lane asks for.
struct LaneLoad {
  int64_t waiting_query_rows = 0;
  int64_t reserve = 1;  // Its query reserve.
  // Passes that the device began since it took the oldest waiting query of the
  // lane that is in none.
  int64_t passes_waited = 0;
  int64_t sampling_rows = 0;    // Live, or waiting to enter.
  double served_seconds = 0.0;  // Its account of device time.
  bool in_flight = false;       // Its last pass is not finished.
};

// Whose pass is next, and for the sake of which class of work.
struct Turn {
  size_t lane = 0;
  WorkClass work_class = WorkClass::kSampling;
};

// Picks lanes. Thread-compatible.
//
// A lane with a waiting query goes before one without. Among those: who has
// waited through more passes while all waiting queries together fit one
// reserve, else the least served; among lanes without, the least served.
//
// Samplers of lanes without queries are not starved: while their class is
// behind its weight (class_shares.h), such a lane goes first, unless that would
// pass over a query for the second time, and in any case after
// kMostPassedOver passes.
//
// Theorems, which scheduler_test.cc holds:
//  1. Queries that together fit one reserve are answered within two passes of
//     the device where it has two lanes, in any case within k + ⌈k / 8⌉ passes
//     where k lanes have queries.
//  2. Of two lanes that both always have samplers only, or always more queries
//     than fit the reserve, the accounts differ by at most the longest pass.
//  3. A lane that wakes is given the account of the least served that are
//     awake (`floor`): it neither catches up on what it did not use nor waits
//     for others to do so.
class Scheduler {
 public:
  static constexpr int64_t kMostPassedOver = 8;
  static constexpr ByClass<double> kDefaultWeights = {3.0, 1.0, 1.0};

  explicit Scheduler(const ByClass<double>& weights = kDefaultWeights)
      : shares_(weights) {}

  // None where nobody has work, or who has is in flight.
  std::optional<Turn> PickLane(absl::Span<const LaneLoad> lanes);

  // A turn of that class has taken so long.
  void Served(WorkClass work_class, double seconds) {
    shares_.Served(work_class, seconds);
  }

  // The least account that a lane which wakes up may have.
  double floor() const { return floor_; }

 private:
  ClassShares shares_;
  double floor_ = 0.0;
  int64_t passed_over_ = 0;  // Turns in a row that waiting samplers let pass.
};

// How many rows of each waiting query, in their order, the next pass takes.
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

// The rank of what waits since `since`: the earlier goes first. Its deadline,
// or ten seconds from then on if that is sooner: so those with late deadlines,
// or none, wait for others in the order in which they came, and not for ever.
Instant RankOf(Instant deadline, Instant since);

// A live block, as far as parking goes.
struct LiveBlock {
  int64_t evaluations = 0;  // What it takes of the pass.
  int64_t passes = 0;       // Since it entered.
  Instant deadline = Instant::max();
};

// Passes that a block has before another may take its place.
inline constexpr int64_t kParkingQuantum = 64;

// Which live blocks are copied out so that `needed` evaluations become free for
// one that waits with rank `rank`: the most served, of those that have had
// their quantum and whose deadlines are not before `rank`. Into `parked`, by
// index, ascending; empty where they would not free enough.
void PickParked(absl::Span<const LiveBlock> live, int64_t needed, Instant rank,
                std::vector<size_t>& parked);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_SCHEDULER_H_
