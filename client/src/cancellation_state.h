#ifndef SCORESERVE_CLIENT_SRC_CANCELLATION_STATE_H_
#define SCORESERVE_CLIENT_SRC_CANCELLATION_STATE_H_

#include <grpcpp/client_context.h>

#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace scoreserve {
inline namespace client {

// What the copies of a Cancellation share: the calls under way. Thread-safe.
class CancellationState {
 public:
  // `context` is not owned; it lives until Remove() has returned. Cancels it at
  // once where Cancel() came first.
  void Add(grpc::ClientContext* context) ABSL_LOCKS_EXCLUDED(mu_);
  void Remove(grpc::ClientContext* context) ABSL_LOCKS_EXCLUDED(mu_);

  void Cancel() ABSL_LOCKS_EXCLUDED(mu_);
  bool cancelled() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::Mutex mu_;
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<grpc::ClientContext*> contexts_ ABSL_GUARDED_BY(mu_);
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_CANCELLATION_STATE_H_
