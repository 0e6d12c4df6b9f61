#include "server/service/caller.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr char kClientName[] = "x-scoreserve-client";
constexpr size_t kLongestName = 64;
constexpr int kV4Prefix = 96;

}  // namespace

bool TrustedProxies::ParseAddress(absl::string_view text, Address& address,
                                  bool& v4) {
  const std::string copy(text);
  v4 = inet_pton(AF_INET, copy.c_str(), address.data() + kV4Prefix / 8) == 1;
  if (!v4) return inet_pton(AF_INET6, copy.c_str(), address.data()) == 1;
  std::fill_n(address.begin(), 10, 0);
  address[10] = address[11] = 0xff;
  return true;
}

absl::StatusOr<TrustedProxies> TrustedProxies::Parse(absl::string_view list) {
  TrustedProxies proxies;
  if (list.empty()) return proxies;
  for (const absl::string_view part : absl::StrSplit(list, ',')) {
    const auto invalid = [part] {
      return InvalidField("--trusted-proxies",
                          "addresses or networks such as 10.0.0.0/8, with "
                          "commas between",
                          absl::StrCat("'", absl::CHexEscape(part), "'"));
    };
    const std::vector<absl::string_view> sides =
        absl::StrSplit(part, absl::MaxSplits('/', 1));
    Network network;
    bool v4 = false;
    if (!ParseAddress(sides[0], network.address, v4)) return invalid();
    const int first = v4 ? kV4Prefix : 0;
    network.bits = 128;
    if (sides.size() == 2) {
      int bits = 0;
      if (!absl::SimpleAtoi(sides[1], &bits) || bits < 0 ||
          first + bits > 128) {
        return invalid();
      }
      network.bits = first + bits;
    }
    proxies.networks_.push_back(network);
  }
  return proxies;
}

bool TrustedProxies::Contains(absl::string_view peer) const {
  if (!absl::StartsWith(peer, "ipv4:") && !absl::StartsWith(peer, "ipv6:"))
    return false;
  peer.remove_prefix(5);
  peer = peer.substr(0, peer.rfind(':'));  // The port.
  for (const absl::string_view bracket : {"[", "%5B"})
    absl::ConsumePrefix(&peer, bracket);
  for (const absl::string_view bracket : {"]", "%5D"})
    absl::ConsumeSuffix(&peer, bracket);
  Address address;
  bool v4 = false;
  if (!ParseAddress(peer, address, v4)) return false;
  return std::any_of(
      networks_.begin(), networks_.end(), [&address](const Network& network) {
        for (int bit = 0; bit < network.bits; ++bit) {
          const int mask = 0x80 >> (bit % 8);
          if ((address[bit / 8] ^ network.address[bit / 8]) & mask)
            return false;
        }
        return true;
      });
}

// A name that a token or a certificate proves would be looked for first.
absl::StatusOr<std::string> CallerOf(const grpc::CallbackServerContext& context,
                                     const TrustedProxies& proxies) {
  const auto [first, last] = context.client_metadata().equal_range(kClientName);
  if (first == last || !proxies.Contains(context.peer())) return std::string();
  const std::string name(first->second.data(), first->second.size());
  const bool fits = std::next(first) == last && !name.empty() &&
                    name.size() <= kLongestName &&
                    std::all_of(name.begin(), name.end(), [](unsigned char c) {
                      return absl::ascii_isprint(c);
                    });
  if (fits) return name;
  return InvalidField(
      kClientName,
      absl::StrCat("given once, of 1 to ", kLongestName,
                   " printable characters"),
      absl::StrCat("'", absl::CHexEscape(name.substr(0, 100)), "'"));
}

}  // namespace scoreserve
