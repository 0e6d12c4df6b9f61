#ifndef SCORESERVE_CLIENT_SRC_CALL_CONTEXT_H_
#define SCORESERVE_CLIENT_SRC_CALL_CONTEXT_H_

#include <grpcpp/client_context.h>

#include <memory>

#include "absl/time/time.h"
#include "scoreserve/client_options.h"

namespace scoreserve {
inline namespace client {

// gRPC's context of one call: with its deadline and metadata, and known to the
// call's Cancellation for as long as it lives. Outlives the call.
class CallContext {
 public:
  // `timeout` holds where `call` has none.
  CallContext(const ClientOptions& options, absl::Duration timeout,
              const CallOptions& call);
  ~CallContext();

  CallContext(const CallContext&) = delete;
  CallContext& operator=(const CallContext&) = delete;

  grpc::ClientContext* get() { return &context_; }

 private:
  grpc::ClientContext context_;
  std::shared_ptr<CancellationState> cancellation_;  // Null without one.
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_CALL_CONTEXT_H_
