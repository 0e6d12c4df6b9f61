#ifndef SCORESERVE_SERVER_SERVICE_STOP_SIGNAL_H_
#define SCORESERVE_SERVER_SERVICE_STOP_SIGNAL_H_

#include <atomic>
#include <functional>

#include "absl/status/statusor.h"
#include "server/engine/job_watchers.h"

namespace scoreserve {

// Ends calls that may last as long as the server: their clients go on
// elsewhere, or later. Thread-safe.
class StopSignal {
 public:
  using Watch = JobWatchers::Watch;

  // Calls `stopping` at Raise(), on its thread, until the watch is let go,
  // which waits for such a call; it must not block. UNAVAILABLE, STOPPING,
  // after Raise() has begun.
  absl::StatusOr<Watch> OnStop(std::function<void()> stopping);

  void Raise();

 private:
  std::atomic<bool> raised_ = false;
  JobWatchers watchers_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_STOP_SIGNAL_H_
