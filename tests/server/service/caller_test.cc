#include "server/service/caller.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/status.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

bool Trusts(const std::string& list, const std::string& peer) {
  const auto proxies = TrustedProxies::Parse(list);
  EXPECT_TRUE(proxies.ok()) << proxies.status();
  return proxies.ok() && proxies->Contains(peer);
}

TEST(TrustedProxiesTest, LoopbackInBothFamilies) {
  const std::string loopback = "127.0.0.0/8,::1";
  EXPECT_TRUE(Trusts(loopback, "ipv4:127.0.0.1:50000"));
  EXPECT_TRUE(Trusts(loopback, "ipv4:127.255.0.9:1"));
  EXPECT_TRUE(Trusts(loopback, "ipv6:[::1]:50000"));
  EXPECT_TRUE(Trusts(loopback, "ipv6:%5B::1%5D:50000"));
  // As a socket of both families shows an IPv4 peer.
  EXPECT_TRUE(Trusts(loopback, "ipv6:%5B::ffff:127.0.0.1%5D:50000"));
  EXPECT_FALSE(Trusts(loopback, "ipv4:128.0.0.1:50000"));
  EXPECT_FALSE(Trusts(loopback, "ipv6:%5B::2%5D:50000"));
}

TEST(TrustedProxiesTest, NetworksEndWithinABytes) {
  EXPECT_TRUE(Trusts("10.32.0.0/11", "ipv4:10.63.255.255:1"));
  EXPECT_FALSE(Trusts("10.32.0.0/11", "ipv4:10.64.0.0:1"));
  EXPECT_TRUE(Trusts("fd00::/9", "ipv6:%5Bfd7f::1%5D:1"));
  EXPECT_FALSE(Trusts("fd00::/9", "ipv6:%5Bfd80::1%5D:1"));
  EXPECT_TRUE(Trusts("0.0.0.0/0", "ipv4:8.8.8.8:1"));
  EXPECT_FALSE(Trusts("0.0.0.0/0", "ipv6:%5Bfd80::1%5D:1"));
}

TEST(TrustedProxiesTest, NobodyWithoutAListAndNothingWithoutAnAddress) {
  EXPECT_FALSE(Trusts("", "ipv4:127.0.0.1:1"));
  for (const char* peer :
       {"unix:/tmp/socket", "", "ipv4:", "ipv4:x:1", "ipv6:%5B%5D:1"}) {
    EXPECT_FALSE(Trusts("0.0.0.0/0,::/0", peer)) << peer;
  }
}

TEST(TrustedProxiesTest, RefusesWhatIsNoAddress) {
  for (const char* list :
       {"localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8",
        "::1/129", "10.0.0", "10.0.0.1,", ",10.0.0.1", "10.0.0.1, ::1",
        "10.0.0.1;::1", "[::1]"}) {
    const absl::Status status = TrustedProxies::Parse(list).status();
    EXPECT_EQ(FieldOf(status), "--trusted-proxies") << list;
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << list;
  }
  EXPECT_THAT(
      std::string(TrustedProxies::Parse("::1,10.0.0.0/33").status().message()),
      HasSubstr("was '10.0.0.0/33'"));
}

}  // namespace
}  // namespace scoreserve
