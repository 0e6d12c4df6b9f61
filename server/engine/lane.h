#ifndef SCORESERVE_SERVER_ENGINE_LANE_H_
#define SCORESERVE_SERVER_ENGINE_LANE_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "server/engine/clock.h"
#include "server/engine/device.h"
#include "server/engine/live_rows.h"
#include "server/engine/metrics.h"
#include "server/engine/query_queue.h"
#include "server/engine/scheduler.h"
#include "server/engine/service_rate.h"
#include "server/engine/work.h"

namespace scoreserve {

// What every pass of a lane has in common beside its model.
struct LaneKind {
  bool energies = false;  // Evaluates energies too.
  // Every pass evaluates DeterministicRows() rows, and none of queries: what
  // becomes of a row does not depend, bit for bit, on what else is there.
  bool deterministic = false;
  // The second of two lanes for queries, where a device is two passes deep: one
  // is put together while the other is computed.
  bool second = false;

  bool operator==(const LaneKind&) const = default;
};

// All work of one snapshot and kind on one device, and the pass that carries
// it: live rows of samplers at the front, queries behind them for one pass. One
// thread: the device's.
class Lane {
 public:
  // The rows that a pass of a lane needs room for.
  static int64_t RowsOf(const ModelSnapshot& model, const LaneKind& kind);

  // `pass` has that room, and is the device's; `metrics` outlives the lane.
  Lane(std::shared_ptr<const ModelSnapshot> model, const LaneKind& kind,
       std::unique_ptr<Pass> pass, EngineMetrics* metrics);
  // Ends what is left with UNAVAILABLE.
  ~Lane();

  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  const std::shared_ptr<const ModelSnapshot>& model() const { return model_; }
  const LaneKind& kind() const { return kind_; }

  // Queues work that was taken at `now`, when the device had begun
  // `passes_begun` passes.
  void Add(ScoreQuery query, int64_t passes_begun, Instant now);
  void Add(SampleRequest request, Instant now);

  // `passes_begun` as above, by now.
  LaneLoad load(int64_t passes_begun) const;
  bool idle() const { return queries_.empty() && samplers_.empty(); }
  bool in_flight() const { return in_flight_; }
  // Whether the next pass that begins has room for a query of `evaluations`.
  bool HasRoomNow(int64_t evaluations) const;

  // The rest requires that no pass of this lane is in flight.

  // Ends what is cancelled or past its deadline, before it costs a forward, and
  // what can be gone on with elsewhere where the server is `draining`.
  void DropDead(Instant now, bool draining);

  // Fills the next pass, for the device to begin. It is in flight from here on.
  // `held_up`: something kept the device from all who wait. Then it takes half
  // of their queries, or the device would be without work once all have been
  // answered at once.
  Pass& Assemble(Instant now, bool held_up);

  // Takes back what the device has computed in `seconds`: answers queries,
  // moves trajectories on. With a bad status all rows of the pass end with it.
  // `pass_number` counts the passes that the device began.
  void Deliver(const absl::Status& status, int64_t pass_number, double seconds,
               Instant now);

  // Ends everything with `status`.
  void FailAll(const absl::Status& status);

  // Sets its account of device time to at least `seconds`, for a lane that
  // wakes up (scheduler.h, floor).
  void ServedAtLeast(double seconds);

 private:
  // Fills the pass up to the rows that every one of its kind evaluates.
  void Pad();

  const std::shared_ptr<const ModelSnapshot> model_;
  const LaneKind kind_;
  const int64_t max_rows_;
  const int64_t reserve_;
  ServiceRate* const rate_;  // The model's.
  const std::unique_ptr<Pass> pass_;
  int64_t pass_evaluations_ = 0;
  QueryQueue queries_;
  LiveRows samplers_;
  double served_seconds_ = 0.0;
  bool in_flight_ = false;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_LANE_H_
