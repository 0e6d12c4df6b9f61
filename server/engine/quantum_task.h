#ifndef SCORESERVE_SERVER_ENGINE_QUANTUM_TASK_H_
#define SCORESERVE_SERVER_ENGINE_QUANTUM_TASK_H_

#include "server/engine/clock.h"
#include "server/engine/device.h"

namespace scoreserve {

// Work that a device does between passes, a piece at a time: training, a gate's
// check, a warm-up.
class QuantumTask {
 public:
  virtual ~QuantumTask() = default;

  // Does one piece, a few milliseconds of work at most, on `device`, by its
  // thread. Returns when the next should begin: now or earlier where there is
  // more to do, Instant::max() where nothing is left until the task is offered
  // again (Engine::Offer).
  virtual Instant RunPiece(Device& device) = 0;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_QUANTUM_TASK_H_
