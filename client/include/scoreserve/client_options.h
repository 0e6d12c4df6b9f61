#ifndef SCORESERVE_CLIENT_OPTIONS_H_
#define SCORESERVE_CLIENT_OPTIONS_H_

#include <grpcpp/security/credentials.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "scoreserve/cancellation.h"

namespace scoreserve {
inline namespace client {

// How a Client reaches its servers, and what it does by default.
struct ClientOptions {
  // "host:port", where the name may stand for several addresses; or several
  // numeric addresses, "10.0.0.1:7860,10.0.0.2:7860". Calls go to all of them
  // in turn (round robin).
  std::string target = "127.0.0.1:7860";

  // Of the channels. Null: without TLS.
  std::shared_ptr<grpc::ChannelCredentials> credentials = {};

  // Tells the server who asks (metadata x-scoreserve-client), for fair shares
  // and logs. May be empty; printable ASCII.
  std::string client_name = {};

  // The deadline of a call that is given none: Sample() and ScoreStream take
  // the second. More than 0, or infinite.
  absl::Duration timeout = absl::Seconds(30);
  absl::Duration stream_timeout = absl::InfiniteDuration();

  // The largest message, either way; a server has the same limit. Larger
  // queries are refused here, before anything is sent. 1 KiB to 2 GiB - 1.
  int64_t max_message_bytes = 64 << 20;

  // How often a call is tried in all, 1 to 5. Only what fails with UNAVAILABLE
  // or RESOURCE_EXHAUSTED is tried again, when the server says or after 0.1 s,
  // 0.2 s, … (randomised), and only before its first reply has arrived.
  int max_attempts = 5;

  // How a server that vanishes without a word (power, network, a frozen
  // process) is found out: while calls are open, a silence of the first sends a
  // ping, and a ping unanswered for the second closes the connection, whose
  // calls are UNAVAILABLE. At least 1 s, as servers mind more pings than that,
  // or infinite, which sends none; more than 0.
  absl::Duration keepalive_time = absl::Seconds(20);
  absl::Duration keepalive_timeout = absl::Seconds(10);
};

// What one call may set for itself.
struct CallOptions {
  // Deadline, from now; ClientOptions has the default.
  std::optional<absl::Duration> timeout = {};

  // Ends the call with CANCELLED when it fires.
  std::optional<Cancellation> cancellation = {};
};

// OK, or INVALID_ARGUMENT naming field, rule and value.
absl::Status CheckClientOptions(const ClientOptions& options);

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_OPTIONS_H_
