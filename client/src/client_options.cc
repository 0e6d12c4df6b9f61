#include "scoreserve/client_options.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/src/channels.h"
#include "client/src/status_codec.h"

namespace scoreserve {
inline namespace client {
namespace {

absl::Status BadTarget(absl::string_view rule, absl::string_view target) {
  return InvalidField("target", rule, absl::StrCat("'", target, "'"));
}

bool HasPort(absl::string_view address) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  return colon != absl::string_view::npos && colon > 0 &&
         absl::SimpleAtoi(address.substr(colon + 1), &port) && port >= 1 &&
         port <= 65535;
}

// "ipv4", "ipv6", or "" where the host is not a number. Requires HasPort().
std::string Family(absl::string_view address) {
  std::string host(address.substr(0, address.rfind(':')));
  in6_addr parsed;
  if (inet_pton(AF_INET, host.c_str(), &parsed) == 1) return "ipv4";
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return "";
  host = host.substr(1, host.size() - 2);
  return inet_pton(AF_INET6, host.c_str(), &parsed) == 1 ? "ipv6" : "";
}

absl::Status CheckTimeout(absl::string_view field, absl::Duration timeout) {
  if (timeout > absl::ZeroDuration()) return absl::OkStatus();
  return InvalidField(field, "more than 0", absl::FormatDuration(timeout));
}

}  // namespace

absl::StatusOr<std::string> ResolverTarget(absl::string_view target) {
  for (const char* scheme : {"dns:", "unix:", "ipv4:", "ipv6:"}) {
    if (absl::StartsWith(target, scheme)) return std::string(target);
  }
  const std::vector<absl::string_view> addresses = absl::StrSplit(target, ',');
  if (!std::all_of(addresses.begin(), addresses.end(), HasPort)) {
    return BadTarget("HOST:PORT, or several separated by commas", target);
  }
  if (addresses.size() == 1) return absl::StrCat("dns:///", target);
  const std::string family = Family(addresses[0]);
  for (const absl::string_view address : addresses) {
    if (family.empty() || Family(address) != family) {
      return BadTarget(
          "one name, or numeric addresses that are all IPv4 or all IPv6",
          target);
    }
  }
  return absl::StrCat(family, ":", absl::StrJoin(addresses, ","));
}

absl::Status CheckClientOptions(const ClientOptions& options) {
  const absl::StatusOr<std::string> target = ResolverTarget(options.target);
  if (!target.ok()) return target.status();
  if (!std::all_of(options.client_name.begin(), options.client_name.end(),
                   [](unsigned char c) { return absl::ascii_isprint(c); })) {
    return InvalidField("client_name", "printable ASCII",
                        absl::StrCat("'", options.client_name, "'"));
  }
  absl::Status checked = CheckTimeout("timeout", options.timeout);
  if (!checked.ok()) return checked;
  checked = CheckTimeout("stream_timeout", options.stream_timeout);
  if (!checked.ok()) return checked;
  if (options.keepalive_time < absl::Seconds(1)) {
    return InvalidField("keepalive_time", "at least 1s",
                        absl::FormatDuration(options.keepalive_time));
  }
  checked = CheckTimeout("keepalive_timeout", options.keepalive_timeout);
  if (!checked.ok()) return checked;
  if (options.max_message_bytes < 1024 ||
      options.max_message_bytes > std::numeric_limits<int32_t>::max()) {
    return InvalidField("max_message_bytes", "between 1024 and 2147483647",
                        absl::StrCat(options.max_message_bytes));
  }
  if (options.max_attempts < 1 || options.max_attempts > 5) {
    return InvalidField("max_attempts", "between 1 and 5",
                        absl::StrCat(options.max_attempts));
  }
  return absl::OkStatus();
}

}  // namespace client
}  // namespace scoreserve
