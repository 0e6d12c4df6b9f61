#include "server/engine/cpu_quota.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

// What a container's kernel shows, in a folder.
class CpuQuotaTest : public testing::Test {
 protected:
  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = folder_.path() + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  double Quota() const { return CpuQuota(folder_.path()); }

  const double machine_ = std::thread::hardware_concurrency();
  TempFolder folder_;
};

TEST_F(CpuQuotaTest, WithoutGroupsItIsTheMachine) {
  EXPECT_EQ(Quota(), machine_);
}

TEST_F(CpuQuotaTest, VersionTwo) {
  Write("/proc/self/cgroup", "0::/\n");
  Write("/sys/fs/cgroup/cpu.max", "50000 100000\n");
  EXPECT_EQ(Quota(), 0.5);
}

TEST_F(CpuQuotaTest, VersionTwoWithoutALimit) {
  Write("/proc/self/cgroup", "0::/\n");
  Write("/sys/fs/cgroup/cpu.max", "max 100000\n");
  EXPECT_EQ(Quota(), machine_);
}

TEST_F(CpuQuotaTest, TheLeastOfAllGroupsAboveCounts) {
  Write("/proc/self/cgroup", "0::/pods/one\n");
  Write("/sys/fs/cgroup/pods/one/cpu.max", "75000 100000\n");
  Write("/sys/fs/cgroup/pods/cpu.max", "25000 100000\n");
  EXPECT_EQ(Quota(), 0.25);
}

TEST_F(CpuQuotaTest, VersionOne) {
  Write("/proc/self/cgroup", "5:memory:/x\n4:cpu,cpuacct:/docker/abc\n");
  Write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "30000\n");
  Write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(Quota(), 0.3);
}

TEST_F(CpuQuotaTest, VersionOneWithoutALimit) {
  Write("/proc/self/cgroup", "4:cpu,cpuacct:/\n");
  Write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  Write("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(Quota(), machine_);
}

TEST_F(CpuQuotaTest, WhatCannotBeReadIsNoQuota) {
  Write("/proc/self/cgroup", "0::/\nnonsense\n1:cpu:\n");
  Write("/sys/fs/cgroup/cpu.max", "0 0\n");
  EXPECT_EQ(Quota(), machine_);
}

}  // namespace
}  // namespace scoreserve
