#ifndef SCORESERVE_CLIENT_SRC_DOWNLOAD_H_
#define SCORESERVE_CLIENT_SRC_DOWNLOAD_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "scoreserve/client_options.h"
#include "scoreserve/model_admin.h"
#include "scoreserve/models.h"

namespace scoreserve {
inline namespace client {

// Client::DownloadVersion() over `channel`.
absl::StatusOr<DownloadedVersion> DownloadNow(
    const std::shared_ptr<grpc::Channel>& channel, const ClientOptions& options,
    const ModelRef& model, const std::string& folder, const CallOptions& call);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_DOWNLOAD_H_
