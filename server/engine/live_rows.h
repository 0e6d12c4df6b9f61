#ifndef SCORESERVE_SERVER_ENGINE_LIVE_ROWS_H_
#define SCORESERVE_SERVER_ENGINE_LIVE_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/status/status.h"
#include "server/engine/block_state.h"
#include "server/engine/clock.h"
#include "server/engine/device.h"
#include "server/engine/metrics.h"
#include "server/engine/scheduler.h"
#include "server/engine/trajectory.h"
#include "server/engine/work.h"

namespace scoreserve {

// The trajectories of one lane: those that wait, and those that live at the
// front of its pass, one after the other without gaps. Every live one advances
// in every pass. A live one that has had its quantum may be *parked* for one
// that waits (scheduler.h, PickParked): copied out of the pass, it waits in
// turn and later goes on from where it was. One thread: the device's.
class LiveRows {
 public:
  // `metrics` outlives this; those that live take at most `max_evaluations` at
  // once.
  LiveRows(int64_t max_evaluations, EngineMetrics* metrics)
      : max_evaluations_(max_evaluations), metrics_(metrics) {}

  // Queues a request, cut into blocks of at most `most` evaluations. What its
  // states have done already is not done again.
  void Add(SampleRequest request, int64_t most, Instant now);

  bool empty() const { return live_.empty() && waiting_.empty(); }
  int64_t live() const { return live_rows_; }
  int64_t live_evaluations() const { return live_evaluations_; }
  int64_t waiting() const { return waiting_rows_; }

  // Stops well what is past its time budget or, when the server drains, has
  // asked for states; ends what is cancelled or past its deadline; closes the
  // gaps in `pass`.
  void DropDead(Instant now, bool draining, Pass& pass);

  // Lets trajectories enter `pass` while they fit, earliest rank first, parks
  // others for them, and writes every live row's label and step.
  void Assemble(Instant now, Pass& pass);

  // Counts the step that `pass` has made; hands over what is done, ends what is
  // no longer finite, closes the gaps. A bad status ends every live one.
  void Deliver(const absl::Status& status, Instant now, Pass& pass);

  // Ends everything with `status`.
  void FailAll(const absl::Status& status);

 private:
  void Enter(Pass& pass);
  void Stop(Instant now, bool draining, Pass& pass);
  // Of a live trajectory, which lies at `row` of the pass.
  void TellState(const Trajectory& trajectory, int64_t row, Pass& pass);
  // Makes room for the first that waits, where some have had their quantum.
  void Park(Instant now, Pass& pass);
  // Puts `trajectory` among those that wait, behind its equals.
  void Queue(Trajectory trajectory);
  void CloseGaps(Pass& pass);
  void CountTrajectories(int64_t by) { metrics_->live_trajectories += by; }
  void CountWaiting(int64_t rows) {
    waiting_rows_ += rows;
    metrics_->waiting_sampling_rows += rows;
  }

  const int64_t max_evaluations_;
  EngineMetrics* const metrics_;
  std::deque<Trajectory> waiting_;  // By rank, then oldest first.
  std::vector<Trajectory> live_;    // In the order of their rows.
  int64_t live_rows_ = 0;
  int64_t live_evaluations_ = 0;
  int64_t waiting_rows_ = 0;
  BlockState state_;  // Scratch, reused; and these too.
  std::vector<LiveBlock> blocks_;
  std::vector<size_t> parked_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_LIVE_ROWS_H_
