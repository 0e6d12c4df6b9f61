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

// A channel with a connection of its own to each server. Requires options that
// CheckClientOptions() has taken.
std::shared_ptr<grpc::Channel> NewChannel(const ClientOptions& options);

// Channels for long streams, as many as it takes: a server takes a hundred
// calls a connection, and the next one would wait for a stream to end. Copies
// share their channels. Thread-safe.
class StreamChannels {
 public:
  // Streams of one connection.
  static constexpr int kMostStreams = 90;

  // As NewChannel().
  explicit StreamChannels(const ClientOptions& options);

  // A channel with room for one more stream, which counts as long as anybody
  // holds what is returned; that may be longer than this object lives.
  std::shared_ptr<grpc::Channel> Lease();

 private:
  struct Pool;
  const ClientOptions options_;
  const std::shared_ptr<Pool> pool_;
};

// `target` as gRPC's name resolvers take it; INVALID_ARGUMENT where it is
// neither a host and a port nor a list of numeric addresses.
absl::StatusOr<std::string> ResolverTarget(absl::string_view target);

// gRPC's service config in JSON: round robin, and the retries.
std::string ServiceConfig(const ClientOptions& options);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_CHANNELS_H_
