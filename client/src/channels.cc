#include "client/src/channels.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace scoreserve {
inline namespace client {
namespace {

// As channel arguments take it: INT_MAX stands for never.
int Milliseconds(absl::Duration duration) {
  return static_cast<int>(std::clamp<int64_t>(
      absl::ToInt64Milliseconds(duration), 1, std::numeric_limits<int>::max()));
}

}  // namespace

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

struct StreamChannels::Pool {
  struct Member {
    std::shared_ptr<grpc::Channel> channel;
    int streams = 0;
  };
  absl::Mutex mu;
  // Grows to what was needed at most; connections that idle are closed by gRPC.
  std::deque<Member> members ABSL_GUARDED_BY(mu);
};

StreamChannels::StreamChannels(const ClientOptions& options)
    : options_(options), pool_(std::make_shared<Pool>()) {}

std::shared_ptr<grpc::Channel> StreamChannels::Lease() {
  absl::MutexLock lock(&pool_->mu);
  const auto has_room = [](const Pool::Member& member) {
    return member.streams < kMostStreams;
  };
  auto found =
      std::find_if(pool_->members.begin(), pool_->members.end(), has_room);
  if (found == pool_->members.end()) {
    pool_->members.push_back({.channel = NewChannel(options_)});
    found = pool_->members.end() - 1;
  }
  // Members stay where they are: a deque that only grows at its end.
  Pool::Member* const member = &*found;
  ++member->streams;
  return {member->channel.get(), [pool = pool_, member](grpc::Channel*) {
            absl::MutexLock lock(&pool->mu);
            --member->streams;
          }};
}

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

}  // namespace client
}  // namespace scoreserve
