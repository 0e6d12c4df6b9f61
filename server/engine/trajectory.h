#ifndef SCORESERVE_SERVER_ENGINE_TRAJECTORY_H_
#define SCORESERVE_SERVER_ENGINE_TRAJECTORY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/diagnostics/chain_diagnostics.h"
#include "server/engine/block_cut.h"
#include "server/engine/block_state.h"
#include "server/engine/clock.h"
#include "server/engine/work.h"

namespace scoreserve {

// One request for samples on its way: what its blocks share. Ends exactly once,
// at the first bad status or with the last row. One thread: the device's.
class SampleRun {
 public:
  // `cuts` are its blocks, and say how many steps each has done already.
  SampleRun(SampleRequest request, absl::Span<const BlockCut> cuts);
  ~SampleRun();

  SampleRun(const SampleRun&) = delete;
  SampleRun& operator=(const SampleRun&) = delete;

  const SampleRequest& request() const { return request_; }
  bool ended() const { return ended_; }
  // The step that its rows end with: the table's last one or, once its
  // diagnostics have ended it early, another that no block has reached.
  int64_t last_step() const { return last_step_; }

  // Takes the final positions of some rows, in model space; ends the run with
  // its samples when they were the last.
  void Collect(int64_t first_row, absl::Span<const float> x);

  // So many of its evaluations are done: the ledger hears of it before long.
  void Used(int64_t evaluations);

  // Ends the run with an error. No-op once ended.
  void Fail(const absl::Status& status);

  // Whether its blocks are to be shown to Observe(), each time before
  // Stepped(): block `block` has made its step `step`, counted from 0.
  bool wants_observations() const { return diagnostics_ != nullptr; }
  void Observe(int64_t block, int64_t step, const ChainObservation& seen);

  // Whether the sink is to be told where rows are that have done `step` steps,
  // and that: `x` in model space, those of the request from `first_row` on.
  bool StatesDue(int64_t step) const;
  void TellStates(int64_t step, int64_t first_row, absl::Span<const float> x);

  // Block `block` has done `step` steps. Tells the sink how far the slowest is,
  // as often as it was asked for; ends the run with the next step where its
  // diagnostics ask for it.
  void Stepped(int64_t block, int64_t step, Instant now);

  // Whether where block `block` stands is to be told now: as often as it was
  // asked for, and once it is `done` with others still under way.
  bool StateDue(int64_t block, bool done, Instant now);
  void TellState(const BlockState& state);

  // Whether and why the run ends before its last step.
  std::optional<StopReason> ShouldStop(Instant now, bool draining) const;
  // Ends it so. No-op once ended.
  void Stop(StopReason reason);

 private:
  void End(absl::StatusOr<std::vector<float>> samples);
  void TellProgress(Instant now);
  void TellDiagnostics();
  void MayEndEarly();

  SampleRequest request_;
  std::vector<int64_t> block_steps_;
  int64_t last_step_;
  std::unique_ptr<ChainDiagnostics> diagnostics_;   // Null where not wanted.
  std::vector<std::optional<Instant>> block_told_;  // When, of states.
  std::vector<float>
      samples_;  // In data space; allocated by the first Collect().
  std::vector<float> states_;  // Reused, in data space.
  int64_t rows_done_ = 0;
  int64_t used_ = 0;  // Not given back to the ledger yet.
  std::optional<Instant> last_progress_;
  int64_t told_step_ = 0;  // By the last progress.
  bool ended_ = false;
};

// Some rows of a run that move together: they enter and leave a lane as one.
struct Trajectory {
  std::shared_ptr<SampleRun> run;
  int64_t block = 0;      // Which of the run's.
  int64_t first_row = 0;  // Of the request.
  int64_t rows = 0;
  int64_t evaluations = 0;  // Of the network at each step: room in a pass.
  int64_t step = 0;         // The next one.
  int64_t passes = 0;       // Since it entered the lane's pass.
  Instant rank;             // Among those that wait (scheduler.h, RankOf).
  // Where it stands while it is in no pass; null before its start.
  std::unique_ptr<BlockState> state = {};

  // Whether it waits in the middle of its way.
  bool parked() const { return state != nullptr && passes > 0; }
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_TRAJECTORY_H_
