#ifndef SCORESERVE_SERVER_ENGINE_TRAINING_SHARE_H_
#define SCORESERVE_SERVER_ENGINE_TRAINING_SHARE_H_

#include "server/engine/clock.h"

namespace scoreserve {

// The longest that a device may be kept from its requests, in seconds.
inline constexpr double kQuantumSeconds = 0.01;

inline constexpr double kDefaultTrainingShare = 0.2;

// How much of a device's time quanta may take. While it serves they get `share`
// of it: over any second at most share + two quanta, and no less where they can
// use it and requests leave room. What is due gathers until it is worth a turn
// (kTurnSeconds). Once the device has served nothing for a while (kIdleSeconds)
// they may take all. Pure arithmetic. Thread-compatible.
class TrainingShare {
 public:
  // Longer than the gaps between the requests of a busy client, or a gap would
  // be taken for idleness, and the next request find the device occupied.
  static constexpr double kIdleSeconds = 0.05;

  // After each turn the caches are cold, and for a moment the device waits for
  // clients that have all been answered at once: many short turns would cost
  // requests more than the share.
  static constexpr double kTurnSeconds = 0.8 * kQuantumSeconds;

  // From 0, which leaves them idle time alone, to 1.
  explicit TrainingShare(double share) : share_(share) {}

  // A pass, or a quantum, ended at `now`.
  void Served(Instant now) { served_ = now; }
  void Trained(Instant now, double seconds);

  // From when on a quantum may begin, if the device does not serve until then.
  Instant DueAt(Instant now) const;

  // Whether one that was due has to end: there is nothing left to spend.
  bool Spent(Instant now) const { return !Idle(now) && Credit(now) <= 0.0; }

 private:
  bool Idle(Instant now) const {
    return served_ == Instant::min() ||
           SecondsBetween(served_, now) >= kIdleSeconds;
  }
  // What may be spent at `now`, in seconds; at most one quantum.
  double Credit(Instant now) const;

  const double share_;
  Instant served_ = Instant::min();  // Never yet.
  Instant counted_;                  // When credit_ was right.
  double credit_ = 0.0;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_TRAINING_SHARE_H_
