#ifndef SCORESERVE_CLIENT_SRC_RETRIES_H_
#define SCORESERVE_CLIENT_SRC_RETRIES_H_

#include <random>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "scoreserve/client_options.h"

namespace scoreserve {
inline namespace client {

// Whether what goes on over several streams opens another after one has failed,
// and when. Thread-compatible.
class Retries {
 public:
  Retries(const ClientOptions& options, const CallOptions& call,
          absl::Time now);

  // Of the stream to be opened now; its timeout is what is left.
  CallOptions call(absl::Time now) const;

  // Whether another stream may do better: UNAVAILABLE, RESOURCE_EXHAUSTED, and
  // CANCELLED where nobody here asked for it, which is what a server that shuts
  // down, or a proxy, makes of streams that it has not taken.
  bool Passes(const absl::Status& status) const;

  // It got further: failures are counted anew.
  void Progress() { failures_ = 0; }

  // Counts a failure; false where there were too many in a row.
  bool Fail() { return ++failures_ < options_.max_attempts; }
  int failures() const { return failures_; }

  // The wait after a failure with `status`, within the deadline.
  absl::Duration Pause(const absl::Status& status, absl::Time now);

  // `wait`, within the deadline.
  absl::Duration Within(absl::Duration wait, absl::Time now) const;

 private:
  const ClientOptions options_;
  CallOptions call_;
  const absl::Time deadline_;
  std::minstd_rand random_{std::random_device()()};
  int failures_ = 0;
};

// Returns after `wait`, or soon after the call was cancelled.
void Wait(absl::Duration wait, const CallOptions& call);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_RETRIES_H_
