#ifndef SCORESERVE_CLIENT_SRC_UNARY_CALL_H_
#define SCORESERVE_CLIENT_SRC_UNARY_CALL_H_

#include <grpcpp/support/status.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/src/call_context.h"
#include "client/src/callback_threads.h"
#include "client/src/status_codec.h"
#include "scoreserve/client.h"

namespace scoreserve {
inline namespace client {

// Makes one call and waits. `invoke(context, response)` is the generated
// blocking stub's: the waiting thread does the polling, which is faster than
// waiting for a callback. `decode(response)` gives a StatusOr.
template <typename Response, typename Invoke, typename Decode>
auto CallNow(const ClientOptions& options, const CallOptions& call,
             Invoke&& invoke, Decode&& decode)
    -> decltype(decode(std::declval<const Response&>())) {
  CallContext context(options, options.timeout, call);
  Response response;
  const grpc::Status status = invoke(context.get(), &response);
  if (!status.ok()) return FromGrpc(status);
  return decode(response);
}

// Makes one call and returns at once. `invoke(context, request, response,
// done)` is the generated asynchronous stub's.
template <typename Response, typename Request, typename Result, typename Invoke,
          typename Decode>
void CallLater(const ClientOptions& options, const CallOptions& call,
               Request request, Invoke&& invoke, Decode decode,
               Callback<Result> done) {
  KeepCallbackThreads();
  struct State {
    CallContext context;
    const Request request;
    Response response = {};
  };
  auto state = std::shared_ptr<State>(
      new State{{options, options.timeout, call}, std::move(request)});
  State& parts = *state;
  invoke(parts.context.get(), &parts.request, &parts.response,
         [state = std::move(state), decode = std::move(decode),
          done = std::move(done)](const grpc::Status& status) {
           if (!status.ok()) return done(FromGrpc(status));
           done(decode(state->response));
         });
}

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_UNARY_CALL_H_
