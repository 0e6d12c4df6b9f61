#ifndef SCORESERVE_TESTS_SERVER_ENGINE_BLOCKER_H_
#define SCORESERVE_TESTS_SERVER_ENGINE_BLOCKER_H_

#include "absl/synchronization/notification.h"
#include "server/engine/clock.h"
#include "server/engine/quantum_task.h"

namespace scoreserve {

// Holds its loop until it is told to let go.
class Blocker final : public QuantumTask {
 public:
  Instant RunPiece(Device&) override {
    end.WaitForNotification();
    return Instant::max();
  }
  absl::Notification end;
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SERVER_ENGINE_BLOCKER_H_
