#ifndef SCORESERVE_CLIENT_SRC_CHANNELS_H_
#define SCORESERVE_CLIENT_SRC_CHANNELS_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "scoreserve/client_options.h"

namespace scoreserve {
inline namespace client {

// Long streams and short calls have connections of their own: a server takes a
// hundred calls a connection, and the next one would wait for a stream to end.
struct Channels {
  std::shared_ptr<grpc::Channel> unary, streams;
};

// Requires options that CheckClientOptions() has taken.
Channels NewChannels(const ClientOptions& options);

// `target` as gRPC's name resolvers take it; INVALID_ARGUMENT where it is
// neither a host and a port nor a list of numeric addresses.
absl::StatusOr<std::string> ResolverTarget(absl::string_view target);

// gRPC's service config in JSON: round robin, and the retries.
std::string ServiceConfig(const ClientOptions& options);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_CHANNELS_H_
