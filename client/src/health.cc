#include "client/src/health.h"

#include <google/protobuf/wrappers.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <functional>
#include <utility>

#include "client/src/unary_call.h"

namespace scoreserve {
inline namespace client {
namespace {

// The messages of health.proto as they lie on the wire: a string, and an enum,
// each the only field and number 1. Its generated code is not linked here,
// where it would meet the copy of an application that is a server too: protobuf
// aborts if one file is registered twice.
using Request = google::protobuf::StringValue;
using Response = google::protobuf::Int32Value;
constexpr int kServing = 1;

}  // namespace

void CheckServing(const std::shared_ptr<grpc::Channel>& channel,
                  const ClientOptions& options, const CallOptions& call,
                  Callback<bool> done) {
  CallLater<Response>(
      options, call, Request(),
      [&](grpc::ClientContext* context, const Request* request,
          Response* response, std::function<void(grpc::Status)> finished) {
        grpc::TemplatedGenericStub<Request, Response>(channel).UnaryCall(
            context, "/grpc.health.v1.Health/Check", grpc::StubOptions(),
            request, response, std::move(finished));
      },
      [](const Response& response) -> absl::StatusOr<bool> {
        return response.value() == kServing;
      },
      std::move(done));
}

}  // namespace client
}  // namespace scoreserve
