#include "client/src/retries.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "scoreserve/errors.h"

namespace scoreserve {
inline namespace client {
namespace {

// How long a wait may go on once its call was cancelled.
constexpr absl::Duration kPatience = absl::Milliseconds(50);

bool Cancelled(const CallOptions& call) {
  return call.cancellation.has_value() && call.cancellation->cancelled();
}

}  // namespace

Retries::Retries(const ClientOptions& options, const CallOptions& call,
                 absl::Time now)
    : options_(options),
      call_(call),
      deadline_(now + call.timeout.value_or(options.stream_timeout)) {}

CallOptions Retries::call(absl::Time now) const {
  CallOptions call = call_;
  call.timeout = deadline_ - now;
  return call;
}

bool Retries::Passes(const absl::Status& status) const {
  const bool reset = absl::IsCancelled(status) && !Cancelled(call_);
  return reset || absl::IsUnavailable(status) ||
         absl::IsResourceExhausted(status);
}

absl::Duration Retries::Pause(const absl::Status& status, absl::Time now) {
  // As gRPC's own retries (channels.cc).
  const double seconds = std::min(0.1 * (1 << (failures_ - 1)), 2.0);
  const absl::Duration own = absl::Seconds(
      seconds * std::uniform_real_distribution<double>(0.8, 1.2)(random_));
  return Within(std::max(own, DetailsOf(status).retry_after.value_or(
                                  absl::ZeroDuration())),
                now);
}

absl::Duration Retries::Within(absl::Duration wait, absl::Time now) const {
  return std::min(wait, std::max(deadline_ - now, absl::ZeroDuration()));
}

void Wait(absl::Duration wait, const CallOptions& call) {
  const absl::Time end = absl::Now() + wait;
  while (absl::Now() < end && !Cancelled(call)) {
    absl::SleepFor(std::min(end - absl::Now(), kPatience));
  }
}

}  // namespace client
}  // namespace scoreserve
