#ifndef SCORESERVE_SERVER_ENGINE_CLOCK_H_
#define SCORESERVE_SERVER_ENGINE_CLOCK_H_

#include <chrono>

namespace scoreserve {

// A point on the steady clock: deadlines do not move when the wall clock does.
using Instant = std::chrono::steady_clock::time_point;

inline double SecondsBetween(Instant from, Instant to) {
  return std::chrono::duration<double>(to - from).count();
}

// Where the engine reads the time; a test brings its own. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant Now() const = 0;

  // The process's steady clock. Never deleted.
  static const Clock* Real();
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_CLOCK_H_
