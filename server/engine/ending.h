// How work ends before it is done.

#ifndef SCORESERVE_SERVER_ENGINE_ENDING_H_
#define SCORESERVE_SERVER_ENGINE_ENDING_H_

#include "absl/status/status.h"
#include "models/status.h"
#include "server/engine/clock.h"

namespace scoreserve {

// UNAVAILABLE, STOPPING.
inline absl::Status StoppingError() {
  return WithReason(absl::UnavailableError("the server is stopping"),
                    Reason::kStopping);
}

// CANCELLED where nobody waits any more, DEADLINE_EXCEEDED from the deadline
// on.
inline absl::Status CheckAlive(bool cancelled, Instant deadline, Instant now) {
  if (cancelled) {
    return WithReason(absl::CancelledError("cancelled by the caller"),
                      Reason::kCancelled);
  }
  if (deadline <= now) {
    return WithReason(absl::DeadlineExceededError("the deadline passed first"),
                      Reason::kExpired);
  }
  return absl::OkStatus();
}

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_ENDING_H_
