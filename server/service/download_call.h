#ifndef SCORESERVE_SERVER_SERVICE_DOWNLOAD_CALL_H_
#define SCORESERVE_SERVER_SERVICE_DOWNLOAD_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "scoreserve/v1/model_admin.pb.h"
#include "server/service/backend.h"

namespace scoreserve {

// One DownloadVersion; deletes itself when the call is done. The worker reads a
// chunk whenever the one before has been taken, so a slow reader costs one
// chunk's memory, and downloads and other work take turns. `request` is not
// needed after this.
grpc::ServerWriteReactor<v1::DownloadVersionResponse>* NewDownloadCall(
    const Backend& backend, grpc::CallbackServerContext* context,
    const v1::DownloadVersionRequest& request);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_DOWNLOAD_CALL_H_
