#include "server/engine/training_share.h"

#include <algorithm>
#include <chrono>

namespace scoreserve {
namespace {

Instant::duration Duration(double seconds) {
  return std::chrono::ceil<Instant::duration>(
      std::chrono::duration<double>(seconds));
}

}  // namespace

double TrainingShare::Credit(Instant now) const {
  return std::min(kQuantumSeconds,
                  credit_ + share_ * SecondsBetween(counted_, now));
}

void TrainingShare::Trained(Instant now, double seconds) {
  // In idle time nobody is owed anything: no debt is left for who comes next.
  const bool idle = served_ == Instant::min() ||
                    SecondsBetween(served_, now) >= kIdleSeconds + seconds;
  // What a quantum earns while it runs is not cut off by the most that gathers.
  credit_ = idle ? Credit(now)
                 : Credit(now - Duration(seconds)) + (share_ - 1.0) * seconds;
  counted_ = now;
}

Instant TrainingShare::DueAt(Instant now) const {
  if (Idle(now)) return now;
  const double missing = kTurnSeconds - Credit(now);
  if (missing <= 0.0) return now;
  const Instant idle = served_ + Duration(kIdleSeconds);
  if (share_ <= 0.0) return idle;
  return std::min(idle, now + Duration(missing / share_));
}

}  // namespace scoreserve
