#include "scoreserve/client_options.h"

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "client/src/channels.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "scoreserve/client.h"

namespace scoreserve {
namespace {

using ::testing::StartsWith;

// The message of the refusal, or "" where `options` were taken.
std::string Refused(const ClientOptions& options) {
  return std::string(CheckClientOptions(options).message());
}

std::string Resolved(const std::string& target) {
  const absl::StatusOr<std::string> resolved = ResolverTarget(target);
  return resolved.ok() ? *resolved : "";
}

TEST(ClientOptionsTest, DefaultsAreTaken) { EXPECT_EQ(Refused({}), ""); }

TEST(ClientOptionsTest, TargetsAreNamesWithPortsOrNumericLists) {
  EXPECT_EQ(Resolved("localhost:7860"), "dns:///localhost:7860");
  EXPECT_EQ(Resolved("10.0.0.1:1,10.0.0.2:65535"),
            "ipv4:10.0.0.1:1,10.0.0.2:65535");
  EXPECT_EQ(Resolved("[::1]:1,[fe80::2]:2"), "ipv6:[::1]:1,[fe80::2]:2");
  EXPECT_EQ(Resolved("unix:/run/scoreserve"), "unix:/run/scoreserve");
}

TEST(ClientOptionsTest, OtherTargetsAreRefused) {
  for (const char* target : {"", "localhost", ":7860", "a:0", "a:65536", "a:b",
                             "a:1,", "a:1,b:2", "10.0.0.1:1,[::1]:1"}) {
    EXPECT_THAT(Refused({.target = target}), StartsWith("target must be "))
        << target;
  }
}

TEST(ClientOptionsTest, RefusalsNameFieldRuleAndValue) {
  EXPECT_EQ(Refused({.target = "localhost"}),
            "target must be HOST:PORT, or several separated by commas; was "
            "'localhost'");
  EXPECT_EQ(Refused({.client_name = "a\nb"}),
            "client_name must be printable ASCII; was 'a\nb'");
  EXPECT_EQ(Refused({.timeout = absl::ZeroDuration()}),
            "timeout must be more than 0; was 0");
  EXPECT_EQ(Refused({.stream_timeout = absl::Seconds(-1)}),
            "stream_timeout must be more than 0; was -1s");
  EXPECT_EQ(Refused({.keepalive_time = absl::Milliseconds(999)}),
            "keepalive_time must be at least 1s; was 999ms");
  EXPECT_EQ(Refused({.keepalive_timeout = absl::ZeroDuration()}),
            "keepalive_timeout must be more than 0; was 0");
  EXPECT_EQ(Refused({.keepalive_time = absl::InfiniteDuration()}), "");
  EXPECT_EQ(Refused({.max_message_bytes = int64_t{1} << 31}),
            "max_message_bytes must be between 1024 and 2147483647; was "
            "2147483648");
  EXPECT_EQ(Refused({.max_attempts = 6}),
            "max_attempts must be between 1 and 5; was 6");
  EXPECT_FALSE(Client::New({.max_attempts = 0}).ok());
}

TEST(ClientOptionsTest, ServiceConfigRetriesWhatMayPassAndGoesRoundRobin) {
  const auto config = nlohmann::json::parse(ServiceConfig({}));
  EXPECT_TRUE(config["loadBalancingConfig"][0].contains("round_robin"));
  const auto& retry = config["methodConfig"][0]["retryPolicy"];
  EXPECT_EQ(retry["maxAttempts"], 5);
  EXPECT_EQ(retry["retryableStatusCodes"],
            nlohmann::json({"UNAVAILABLE", "RESOURCE_EXHAUSTED"}));
  EXPECT_FALSE(nlohmann::json::parse(ServiceConfig({.max_attempts = 1}))
                   .contains("methodConfig"));
}

}  // namespace
}  // namespace scoreserve
