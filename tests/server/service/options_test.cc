#include "server/options.h"

#include <cmath>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "server/device_options.h"

namespace scoreserve {
namespace {

ServerOptions Good() {
  ServerOptions options;
  options.repository = "models";
  return options;
}

// The message of a refusal on four processors.
std::string Refused(const ServerOptions& options) {
  const absl::Status status = CheckServerOptions(options, 4.0);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), Reason::kInvalidField);
  return std::string(status.message());
}

TEST(ServerOptionsTest, TheDefaultsAreGood) {
  EXPECT_TRUE(CheckServerOptions(Good(), 4.0).ok());
  // Also where there is less than one processor.
  EXPECT_TRUE(CheckServerOptions(Good(), 0.25).ok());
}

TEST(ServerOptionsTest, InstancesStayWithinTheQuota) {
  ServerOptions options = Good();
  options.instances = 4;
  EXPECT_TRUE(CheckServerOptions(options, 4.0).ok());
  EXPECT_TRUE(CheckServerOptions(options, 4.9).ok());
  options.instances = 5;
  EXPECT_EQ(Refused(options),
            "--instances must be at most 4: there are 4 processors, and "
            "--threads is 1; was 5");
  options.instances = 3;
  options.threads = 2;
  EXPECT_EQ(Refused(options),
            "--instances must be at most 2: there are 4 processors, and "
            "--threads is 2; was 3");
  for (const int none : {0, -1}) {
    options.instances = none;
    EXPECT_EQ(Refused(options).find("--instances must be at least 1"), 0u);
  }
}

TEST(ServerOptionsTest, DevicesAreAListOfDifferentOnes) {
  ServerOptions options = Good();
  options.devices = "cpu,cpu";
  EXPECT_EQ(Refused(options),
            "--devices must be different devices; was 'cpu,cpu'");
  options.devices = "cpu,gpu";
  EXPECT_EQ(Refused(options),
            "--devices must be cpu or cuda:0, cuda:1, …; was 'gpu'");
  for (const char* bad : {"", ",", "cpu,", ",cpu", "cpu, cpu", "cuda:99,cpu"}) {
    options.devices = bad;
    EXPECT_EQ(Refused(options).find("--devices"), 0u) << bad;
  }
}

TEST(ServerOptionsTest, SeveralInstancesAreOfTheProcessorAlone) {
  ServerOptions options = Good();
  options.instances = 2;
  options.devices = "cpu";
  EXPECT_TRUE(CheckServerOptions(options, 4.0).ok());
  if (!ParseDevices("cuda:0,cpu", "").ok()) GTEST_SKIP() << "needs cuda:0";
  options.devices = "cuda:0,cpu";
  EXPECT_EQ(Refused(options),
            "--instances must be 1 where --devices is not cpu; was 2");
}

TEST(ServerOptionsTest, EachDeviceHasItsMemory) {
  ServerOptions options = Good();
  options.device_memory = "8GiB";
  EXPECT_TRUE(CheckServerOptions(options, 4.0).ok());
  EXPECT_EQ(ParseDevices("cpu", "8GiB")->at(0).bytes, int64_t{8} << 30);
  EXPECT_EQ(ParseDevices("cpu", "8GiB")->at(0).device, at::Device(at::kCPU));
  options.device_memory = "8GiB,8GiB";
  EXPECT_EQ(Refused(options),
            "--device-memory must be one size for each of --devices, which are "
            "1; was '8GiB,8GiB'");
  options.device_memory = "plenty";
  EXPECT_EQ(Refused(options),
            "--device-memory must be a size, like 8GiB, 512MiB or 1000000; was "
            "'plenty'");
}

TEST(ServerOptionsTest, WeightsHaveARange) {
  for (const double bad :
       {0.0, -1.0, 0.009, 100.1, static_cast<double>(INFINITY),
        static_cast<double>(NAN)}) {
    ServerOptions options = Good();
    options.query_weight = bad;
    EXPECT_EQ(Refused(options).find(
                  "--query-weight must be between 0.01 and 100; was"),
              0u);
    options = Good();
    options.sampling_weight = bad;
    EXPECT_EQ(Refused(options).find(
                  "--sampling-weight must be between 0.01 and 100; was"),
              0u);
  }
}

TEST(ServerOptionsTest, ProxiesMustBeAddresses) {
  ServerOptions options = Good();
  options.trusted_proxies = "proxy.local";
  EXPECT_EQ(Refused(options).find("--trusted-proxies must be addresses"), 0u);
}

TEST(ServerOptionsTest, ABatchHasRoomForAGuidedQueryBesideSamplers) {
  ServerOptions options = Good();
  options.max_batch_rows = 8;
  EXPECT_TRUE(CheckServerOptions(options, 4.0).ok());
  options.max_batch_rows = 7;
  EXPECT_EQ(Refused(options),
            "--max-batch-rows must be between 8 and 1048576; was 7");
}

}  // namespace
}  // namespace scoreserve
