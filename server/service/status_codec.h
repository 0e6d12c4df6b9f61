#ifndef SCORESERVE_SERVER_SERVICE_STATUS_CODEC_H_
#define SCORESERVE_SERVER_SERVICE_STATUS_CODEC_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace scoreserve {

// Code, message, and details: BadRequest where a field is known, ErrorInfo with
// the reason and the step, RetryInfo where waiting helps.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// The same as gRPC carries it. Where waiting helps, `context` gets the trailer
// grpc-retry-pushback-ms, the only one that gRPC's own retries obey; −1 where a
// refusal says that it never will.
grpc::Status ToGrpcStatus(const absl::Status& status,
                          grpc::CallbackServerContext* context);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_STATUS_CODEC_H_
