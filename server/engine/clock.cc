#include "server/engine/clock.h"

namespace scoreserve {
namespace {

class SteadyClock : public Clock {
 public:
  Instant Now() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace

const Clock* Clock::Real() {
  static const Clock* const clock = new SteadyClock();
  return clock;
}

}  // namespace scoreserve
