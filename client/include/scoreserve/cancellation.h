#ifndef SCORESERVE_CANCELLATION_H_
#define SCORESERVE_CANCELLATION_H_

#include <memory>

namespace scoreserve {
inline namespace client {

class CancellationState;

// A switch that ends calls, blocking ones from another thread included. Copies
// share one switch; it can be given to any number of calls and stays on. A
// handle to shared state, cheap to copy. Thread-safe.
class Cancellation {
 public:
  Cancellation();

  // Ends all calls that this was given to, and those that it will be given to,
  // with CANCELLED. A call that has its answer already keeps it.
  void Cancel() const;
  bool cancelled() const;

 private:
  friend class CallContext;

  std::shared_ptr<CancellationState> state_;  // Never null.
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CANCELLATION_H_
