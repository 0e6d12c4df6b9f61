#ifndef SCORESERVE_SERVER_SERVICE_UNARY_CALL_H_
#define SCORESERVE_SERVER_SERVICE_UNARY_CALL_H_

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/service/backend.h"
#include "server/service/status_codec.h"

namespace scoreserve {

// One unary call of a service, cheap to copy into what answers it later: End()
// it once, from any thread; gRPC keeps its request, response and context until
// then.
class UnaryCall {
 public:
  // `method` outlives the call: a literal.
  UnaryCall(const Backend& backend, grpc::CallbackServerContext* context,
            absl::string_view method)
      : requests_(backend.requests),
        context_(context),
        method_(method),
        reactor_(context->DefaultReactor()) {}

  grpc::ServerUnaryReactor* reactor() const { return reactor_; }

  // Counts it under `model`, "unknown" where there is none, and finishes it.
  // What it returns is only to be returned to gRPC.
  grpc::ServerUnaryReactor* End(absl::string_view model,
                                const absl::Status& status) const {
    requests_->Count(model, method_, status.code());
    // The call, and this in what is waiting for it, may be gone after Finish().
    grpc::ServerUnaryReactor* const ended = reactor_;
    ended->Finish(ToGrpcStatus(status, context_));
    return ended;
  }

 private:
  RequestMetrics* requests_;
  grpc::CallbackServerContext* context_;
  absl::string_view method_;
  grpc::ServerUnaryReactor* reactor_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_UNARY_CALL_H_
