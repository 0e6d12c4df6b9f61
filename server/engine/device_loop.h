#ifndef SCORESERVE_SERVER_ENGINE_DEVICE_LOOP_H_
#define SCORESERVE_SERVER_ENGINE_DEVICE_LOOP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/engine/clock.h"
#include "server/engine/device.h"
#include "server/engine/inbox.h"
#include "server/engine/lane.h"
#include "server/engine/metrics.h"
#include "server/engine/quanta.h"
#include "server/engine/scheduler.h"
#include "server/engine/work.h"

namespace scoreserve {

// Drives one device: admit → pick → begin → finish → deliver → at most one
// quantum of its tasks, for ever. It owns
// the lanes and everything on the device; RPC threads hand it work through the
// inbox and get their answers from this thread, or, one at a time while it
// sleeps, are lent its place. Run() by one thread; the inbox, ServeHere() and
// the metrics may be used by all.
class DeviceLoop {
 public:
  // None is owned; all outlive the loop. Device time is shared by `weights`
  // (scheduler.h), and tasks get `training_share` (training_share.h).
  DeviceLoop(Device* device, EngineMetrics* metrics, const Clock* clock,
             const ByClass<double>& weights = Scheduler::kDefaultWeights,
             double training_share = kDefaultTrainingShare);

  Inbox<Work>& inbox() { return inbox_; }

  // Offers a query to the inbox; where Run() sleeps, the calling thread
  // computes the pass, which spares the wake-up of another, and its sink has
  // been called on return. UNAVAILABLE as Inbox.
  absl::Status ServeHere(ScoreQuery query);

  // Returns once the inbox is closed and all work has ended: by itself, or with
  // UNAVAILABLE when Abandon() was called.
  void Run();

  // One round: takes what has arrived (waiting for it up to `patience` if there
  // is nothing else to do), computes one pass, delivers, and does one quantum
  // of its tasks if one is due. For tests; Run() is a loop over it. False where
  // there was nothing to compute.
  bool RunOnce(absl::Duration patience);

  // Takes no more work, drops its tasks, and stops samplers that have asked for
  // states at their next step. From any thread.
  void Drain() {
    draining_ = true;
    inbox_.Close();
  }

  // Ends all work with UNAVAILABLE at the next pass. From any thread.
  void Abandon() { abandoned_ = true; }

 private:
  struct InFlight {
    Lane* lane = nullptr;
    Pass* pass = nullptr;
    WorkClass work_class = WorkClass::kSampling;  // Whose turn it was.
    int64_t number = 0;  // Of the passes begun on the device, from 1.
    Instant begun;
  };

  void Admit(absl::Duration patience);
  // The lane for such work, which it makes if need be. RESOURCE_EXHAUSTED where
  // there is no memory for its pass.
  absl::StatusOr<Lane*> LaneOf(
      const std::shared_ptr<const ModelSnapshot>& model, const LaneKind& kind);
  // The one for this query: where passes overlap, of its two lanes the first
  // whose next pass has room, or the one with less before it.
  absl::StatusOr<Lane*> LaneOf(const ScoreQuery& query);
  absl::StatusOr<std::unique_ptr<Pass>> NewPass(const ModelSnapshot& model,
                                                const LaneKind& kind);
  void RemoveUnused();
  bool BeginNext();
  void FinishOldest();
  // The parts of a round.
  bool RunPass(absl::Duration patience);
  bool RunQuantum();
  absl::Duration UntilQuantum(absl::Duration most) const;
  bool HasWork() const;

  Device* const device_;
  EngineMetrics* const metrics_;
  const Clock* const clock_;
  Inbox<Work> inbox_;
  std::atomic<bool> draining_ = false;
  std::atomic<bool> abandoned_ = false;

  // The loop's thread, or who has claimed its place:
  std::vector<Work> taken_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  Scheduler scheduler_;
  std::vector<LaneLoad> loads_;
  std::deque<InFlight> in_flight_;  // Oldest first.
  int64_t passes_begun_ = 0;
  bool held_up_ = false;  // By a quantum, since the last pass began.
  Instant remove_at_{};   // When to look for lanes that nobody needs.
  Quanta quanta_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_DEVICE_LOOP_H_
