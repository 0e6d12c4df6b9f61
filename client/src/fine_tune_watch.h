#ifndef SCORESERVE_CLIENT_SRC_FINE_TUNE_WATCH_H_
#define SCORESERVE_CLIENT_SRC_FINE_TUNE_WATCH_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "scoreserve/client_options.h"
#include "scoreserve/fine_tuning.h"

namespace scoreserve {
inline namespace client {

// Watches the job by this thread, over as many streams as it takes, until it
// has ended.
absl::StatusOr<FineTune> WatchUntilEnd(
    const std::shared_ptr<grpc::Channel>& channel, const ClientOptions& options,
    const std::string& name, const FineTuneObserver& observer,
    const CallOptions& call);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_FINE_TUNE_WATCH_H_
