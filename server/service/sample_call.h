#ifndef SCORESERVE_SERVER_SERVICE_SAMPLE_CALL_H_
#define SCORESERVE_SERVER_SERVICE_SAMPLE_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "scoreserve/v1/sampling.pb.h"
#include "server/service/backend.h"

namespace scoreserve {

// The reactor of one Sample, already submitted; deletes itself when the stream
// is done.
grpc::ServerWriteReactor<v1::SampleResponse>* NewSampleCall(
    const Backend& backend, grpc::CallbackServerContext* context,
    const v1::SampleRequest& request);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_SAMPLE_CALL_H_
