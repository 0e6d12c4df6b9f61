// Who asks: the one place that decides it.

#ifndef SCORESERVE_SERVER_SERVICE_CALLER_H_
#define SCORESERVE_SERVER_SERVICE_CALLER_H_

#include <grpcpp/server_context.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace scoreserve {

// Peers that may say on whose behalf they call. Immutable.
class TrustedProxies {
 public:
  // Of IPv4 and IPv6 addresses and networks ("10.0.0.0/8"), with commas
  // between; none of "". INVALID_ARGUMENT naming --trusted-proxies and the part
  // at fault.
  static absl::StatusOr<TrustedProxies> Parse(absl::string_view list);

  // Whether `peer`, as gRPC writes it ("ipv4:127.0.0.1:50000",
  // "ipv6:%5B::1%5D:50000"), is one of them. What is no such address is not.
  bool Contains(absl::string_view peer) const;

 private:
  // IPv4 as IPv6 does it, ::ffff:0:0/96.
  using Address = std::array<uint8_t, 16>;
  struct Network {
    Address address;
    int bits = 0;  // That count.
  };
  static bool ParseAddress(absl::string_view text, Address& address, bool& v4);

  std::vector<Network> networks_;
};

// The name under which a call is accounted for: what the metadata
// x-scoreserve-client says if a trusted proxy sent it, else "", the bucket of
// all who have no name. INVALID_ARGUMENT naming x-scoreserve-client where a
// trusted one's is not 1 to 64 printable characters, given once.
absl::StatusOr<std::string> CallerOf(const grpc::CallbackServerContext& context,
                                     const TrustedProxies& proxies);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_SERVICE_CALLER_H_
