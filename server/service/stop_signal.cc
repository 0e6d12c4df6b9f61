#include "server/service/stop_signal.h"

#include <utility>

#include "server/engine/ending.h"

namespace scoreserve {
namespace {

constexpr char kStop[] = "";  // All watch the same thing.

}  // namespace

absl::StatusOr<StopSignal::Watch> StopSignal::OnStop(
    std::function<void()> stopping) {
  // Added before the question: Raise() misses nobody, and may tell who is
  // refused too.
  Watch watch = watchers_.Add(kStop, std::move(stopping));
  if (raised_) return StoppingError();
  return watch;
}

void StopSignal::Raise() {
  raised_ = true;
  watchers_.Tell(kStop);
}

}  // namespace scoreserve
