#ifndef SCORESERVE_SERVER_ENGINE_QUANTA_H_
#define SCORESERVE_SERVER_ENGINE_QUANTA_H_

#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "server/engine/clock.h"
#include "server/engine/device.h"
#include "server/engine/metrics.h"
#include "server/engine/quantum_task.h"
#include "server/engine/training_share.h"

namespace scoreserve {

// The tasks of one device, which take turns by the time that they have had, and
// the quanta in which it does them. Used by the device's thread.
class Quanta {
 public:
  // Neither is owned; both outlive this.
  Quanta(double share, const Clock* clock, EngineMetrics* metrics)
      : clock_(clock), metrics_(metrics), share_(share) {}

  // One that is there already is as if new: it may have more to do.
  void Add(std::shared_ptr<QuantumTask> task);
  void Clear() { tasks_.clear(); }

  // When the next may begin; Instant::max() without tasks.
  Instant NextAt(Instant now) const;

  // The device has computed a pass that ended now.
  void Served(Instant now) { share_.Served(now); }

  // Does pieces for one quantum, if one may begin; false where none may. Where
  // requests wait already (`wanted`) it does all that is due at once; where
  // none does, it does one piece, and then more until one comes.
  bool Run(Device& device, absl::FunctionRef<bool()> wanted);

 private:
  struct Entry {
    std::shared_ptr<QuantumTask> task;
    Instant next;          // When it wants its next piece.
    double seconds = 0.0;  // That its pieces took.
    double longest = 0.0;  // Of the last ones.
  };
  // The one that has had least, of those that want a piece; null: none does.
  Entry* Next(Instant now);

  const Clock* const clock_;
  EngineMetrics* const metrics_;
  TrainingShare share_;
  std::vector<Entry> tasks_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_QUANTA_H_
