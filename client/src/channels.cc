#include "client/src/channels.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace scoreserve {
inline namespace client {
namespace {

// As channel arguments take it: INT_MAX stands for never.
int Milliseconds(absl::Duration duration) {
  return static_cast<int>(std::clamp<int64_t>(
      absl::ToInt64Milliseconds(duration), 1, std::numeric_limits<int>::max()));
}

std::shared_ptr<grpc::Channel> NewChannel(const ClientOptions& options) {
  grpc::ChannelArguments args;
  const int limit = static_cast<int>(options.max_message_bytes);
  args.SetMaxSendMessageSize(limit);
  args.SetMaxReceiveMessageSize(limit);
  args.SetServiceConfigJSON(ServiceConfig(options));
  args.SetInt(GRPC_ARG_ENABLE_RETRIES, options.max_attempts > 1);
  // gRPC gives up retrying calls whose messages pass this, by default 256 KiB.
  args.SetInt(GRPC_ARG_PER_RPC_RETRY_BUFFER_SIZE, limit);
  // Without it channels to the same target share their connections.
  args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // A replica that comes back is found again within a call's retries.
  args.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  args.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  args.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive_time));
  args.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
              Milliseconds(options.keepalive_timeout));
  // Otherwise the second ping of a stream that is silent would be the last.
  args.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  const absl::StatusOr<std::string> target = ResolverTarget(options.target);
  return grpc::CreateCustomChannel(*target,
                                   options.credentials != nullptr
                                       ? options.credentials
                                       : grpc::InsecureChannelCredentials(),
                                   args);
}

}  // namespace

std::string ServiceConfig(const ClientOptions& options) {
  std::string config = R"({"loadBalancingConfig": [{"round_robin": {}}])";
  if (options.max_attempts > 1) {
    absl::StrAppend(&config,
                    R"(, "methodConfig": [{"name": [{}], "retryPolicy": {)",
                    R"("maxAttempts": )", options.max_attempts,
                    R"(, "initialBackoff": "0.1s", "maxBackoff": "2s")",
                    R"(, "backoffMultiplier": 2, "retryableStatusCodes": )",
                    R"(["UNAVAILABLE", "RESOURCE_EXHAUSTED"]}}])");
  }
  return absl::StrCat(config, "}");
}

Channels NewChannels(const ClientOptions& options) {
  return {.unary = NewChannel(options), .streams = NewChannel(options)};
}

}  // namespace client
}  // namespace scoreserve
