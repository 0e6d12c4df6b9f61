#ifndef SCORESERVE_SERVER_SERVICE_FINE_TUNE_WATCH_H_
#define SCORESERVE_SERVER_SERVICE_FINE_TUNE_WATCH_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "scoreserve/v1/training.pb.h"
#include "server/service/backend.h"

namespace scoreserve {

// The reactor of one WatchFineTune; deletes itself when the stream is done.
grpc::ServerWriteReactor<v1::WatchFineTuneResponse>* NewFineTuneWatch(
    const Backend& backend, grpc::CallbackServerContext* context,
    const v1::WatchFineTuneRequest& request);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_FINE_TUNE_WATCH_H_
