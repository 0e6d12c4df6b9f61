#include "client/src/call_context.h"

#include "absl/time/clock.h"
#include "client/src/cancellation_state.h"

namespace scoreserve {
inline namespace client {

CallContext::CallContext(const ClientOptions& options, absl::Duration timeout,
                         const CallOptions& call) {
  timeout = call.timeout.value_or(timeout);
  if (timeout != absl::InfiniteDuration()) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  }
  if (!options.client_name.empty()) {
    context_.AddMetadata("x-scoreserve-client", options.client_name);
  }
  if (call.cancellation.has_value()) {
    cancellation_ = call.cancellation->state_;
    cancellation_->Add(&context_);
  }
}

CallContext::~CallContext() {
  if (cancellation_ != nullptr) cancellation_->Remove(&context_);
}

}  // namespace client
}  // namespace scoreserve
