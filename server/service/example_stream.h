#ifndef SCORESERVE_SERVER_SERVICE_EXAMPLE_STREAM_H_
#define SCORESERVE_SERVER_SERVICE_EXAMPLE_STREAM_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "scoreserve/v1/training.pb.h"
#include "server/service/backend.h"

namespace scoreserve {

// The reactor of one StreamExamples; deletes itself when the stream is done.
grpc::ServerBidiReactor<v1::StreamExamplesRequest, v1::StreamExamplesResponse>*
NewExampleStream(const Backend& backend, grpc::CallbackServerContext* context);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_EXAMPLE_STREAM_H_
