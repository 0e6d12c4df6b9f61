#include "server/engine/memory_limit.h"

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

// What a container's kernel shows, in a folder.
class MemoryLimitTest : public testing::Test {
 protected:
  MemoryLimitTest() {
    Write("/proc/meminfo",
          "MemTotal:       16000 kB\nMemFree:         1000 kB\n");
  }
  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = folder_.path() + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  double Limit() const { return MemoryLimit(folder_.path()); }

  static constexpr double kMachine = 16000.0 * 1024.0;
  TempFolder folder_;
};

TEST_F(MemoryLimitTest, WithoutGroupsItIsTheMachine) {
  EXPECT_EQ(Limit(), kMachine);
}

TEST_F(MemoryLimitTest, TheLeastOfAllGroupsAboveCounts) {
  Write("/proc/self/cgroup", "0::/pods/one\n");
  Write("/sys/fs/cgroup/pods/one/memory.max", "max\n");
  EXPECT_EQ(Limit(), kMachine);
  Write("/sys/fs/cgroup/pods/memory.max", "8388608\n");
  EXPECT_EQ(Limit(), 8388608.0);
  Write("/sys/fs/cgroup/pods/one/memory.max", "4194304\n");
  EXPECT_EQ(Limit(), 4194304.0);
}

TEST_F(MemoryLimitTest, VersionOne) {
  Write("/proc/self/cgroup",
        "4:cpu,cpuacct:/docker/abc\n5:memory:/docker/abc\n");
  // Its way of saying none: more than there is.
  Write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(Limit(), kMachine);
  Write("/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "1048576\n");
  EXPECT_EQ(Limit(), 1048576.0);
}

TEST_F(MemoryLimitTest, WhatCannotBeReadIsNoLimit) {
  Write("/proc/meminfo", "MemTotal: lots\n");
  Write("/proc/self/cgroup", "0::/\n");
  Write("/sys/fs/cgroup/memory.max", "0\n");
  EXPECT_EQ(Limit(), std::numeric_limits<double>::infinity());
}

TEST(MemoryLimitOfThisMachineTest, IsThere) {
  EXPECT_GT(MemoryLimit(), 1e6);
  EXPECT_LT(MemoryLimit(), 1e18);
}

}  // namespace
}  // namespace scoreserve
