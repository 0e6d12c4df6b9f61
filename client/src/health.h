#ifndef SCORESERVE_CLIENT_SRC_HEALTH_H_
#define SCORESERVE_CLIENT_SRC_HEALTH_H_

#include <grpcpp/channel.h>

#include <memory>

#include "scoreserve/client.h"

namespace scoreserve {
inline namespace client {

// Asks grpc.health.v1.Health whether the whole server is serving.
void CheckServing(const std::shared_ptr<grpc::Channel>& channel,
                  const ClientOptions& options, const CallOptions& call,
                  Callback<bool> done);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_HEALTH_H_
