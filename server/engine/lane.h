#ifndef SCORESERVE_SERVER_ENGINE_LANE_H_
#define SCORESERVE_SERVER_ENGINE_LANE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "server/engine/clock.h"
#include "server/engine/device.h"
#include "server/engine/metrics.h"
#include "server/engine/scheduler.h"
#include "server/engine/trajectory.h"
#include "server/engine/work.h"

namespace scoreserve {

// All work of one snapshot on one device: what waits, and what one pass carries.
// Live rows lie at the front of the pass, trajectory after trajectory without
// gaps, and every one of them advances in every pass; queries lie behind them
// for one pass. Thread-compatible; used by the device loop's thread alone.
class Lane {
 public:
  Lane(std::shared_ptr<const ModelSnapshot> model, EngineMetrics* metrics);
  ~Lane();

  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  const std::shared_ptr<const ModelSnapshot>& model() const { return model_; }

  // Queues work. `passes_begun` is the device's count when it was taken.
  void Add(ScoreQuery query, int64_t passes_begun);
  void Add(SampleRequest request);

  LaneLoad load() const;
  bool idle() const;

  // Ends what is cancelled or past its deadline, before it costs a forward.
  // Requires that no pass is in flight, as all that follow.
  void DropDead(Instant now);

  // Fills and returns the next pass, for the device to begin: lets waiting
  // trajectories enter, takes the queries that fit.
  Pass& Assemble();

  // Takes what the device has computed: answers queries, counts steps, ends
  // trajectories and closes their gaps. With a bad status all rows of the pass
  // end with it. `pass_number` counts the passes the device began.
  void Deliver(const absl::Status& status, int64_t pass_number, double seconds,
               Instant now);

  // Ends everything with `status`.
  void FailAll(const absl::Status& status);

  bool in_flight() const { return in_flight_; }

  // Starts counting device time from `seconds`: a lane that was idle has no
  // claim to the time it did not use.
  void ServedAtLeast(double seconds);

 private:
  struct WaitingQuery {
    ScoreQuery query;
    int64_t passes_begun = 0;
    int64_t rows_done = 0;     // Of a query that is answered in parts.
    int64_t rows_in_pass = 0;  // In the pass being computed.
    std::vector<float> parts;  // Their scores, in data space.
  };

  void Enter();
  void Start(const Trajectory& trajectory, int64_t lane_row);
  void TakeQueries();
  void DeliverQueries(const absl::Status& status, int64_t pass_number);
  void DeliverTrajectories(const absl::Status& status, Instant now);
  void AnswerPart(WaitingQuery& waiting, float* scores, int64_t pass_number);
  void EndQuery(WaitingQuery& waiting, absl::StatusOr<absl::Span<const float>> result);
  // Removes the trajectories whose run has ended and moves the rest together.
  void CloseGaps();

  const std::shared_ptr<const ModelSnapshot> model_;
  const int64_t max_rows_;
  const int64_t reserve_;
  EngineMetrics* const metrics_;  // Not owned.

  Pass pass_;
  std::deque<WaitingQuery> queries_;   // Oldest first.
  std::deque<Trajectory> waiting_;     // By deadline, then oldest first.
  std::vector<Trajectory> live_;       // In the order of their rows.
  int64_t live_rows_ = 0;
  int64_t waiting_query_rows_ = 0;
  int64_t waiting_sampling_rows_ = 0;
  double served_seconds_ = 0.0;
  bool in_flight_ = false;

  // Scratch, reused.
  std::vector<int64_t> query_rows_, take_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_LANE_H_
