#include "server/engine/device_memory.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "models/status.h"
#include "server/engine/memory_limit.h"

namespace scoreserve {
namespace {

// Told apart by their place alone.
std::vector<DeviceBudget> Devices(const std::vector<int64_t>& bytes) {
  std::vector<DeviceBudget> devices;
  for (const int64_t budget : bytes)
    devices.push_back({.device = at::kCPU, .bytes = budget});
  return devices;
}

TEST(DeviceMemoryTest, TheLeastShareIsNextAndTheFirstAmongEquals) {
  DeviceMemory memory(Devices({1000, 500, 1000}));
  std::vector<MemoryHold> holds;
  std::vector<size_t> at;
  for (int i = 0; i < 5; ++i) {
    holds.push_back(*memory.Place(100));
    at.push_back(holds.back().device());
  }
  // 10 % of the first, 20 % of the second, 10 % of the third, 20 % of the
  // first, 20 % of the third.
  EXPECT_EQ(at, (std::vector<size_t>{0, 1, 2, 0, 2}));
  EXPECT_EQ(memory.free(0), 800);
  EXPECT_EQ(memory.free(1), 400);
}

TEST(DeviceMemoryTest, WhatDoesNotFitTheLeastLoadedGoesWhereItFits) {
  DeviceMemory memory(Devices({100, 1000}));
  const auto large = memory.Place(500);
  EXPECT_EQ(large->device(), 1u);
  // All of it is room.
  EXPECT_EQ(memory.Place(100)->device(), 0u);
}

TEST(DeviceMemoryTest, ThePreferredDeviceIsTakenWhereThereIsRoom) {
  DeviceMemory memory(Devices({1000, 1000}));
  const auto first = memory.Place(600, 1);
  EXPECT_EQ(first->device(), 1u);
  const auto second = memory.Place(400, 1);
  EXPECT_EQ(second->device(), 1u);
  EXPECT_EQ(memory.Place(1, 1)->device(), 0u);
}

TEST(DeviceMemoryTest, ARefusalNamesAllSizesAndChangesNothing) {
  DeviceMemory memory({{.device = at::Device(at::kCUDA, 1), .bytes = 3 << 20},
                       {.device = at::kCPU, .bytes = 2048}});
  const auto hold = memory.Place(1 << 20);
  const auto refused = memory.Place(5 << 19);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(refused.status().message(),
            "no device has room for 2.5 MiB: cuda:1 has 2 MiB free of 3 MiB; "
            "cpu has 2 KiB free of 2 KiB");
  // No retry of the same request helps.
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::InfiniteDuration());
  EXPECT_EQ(memory.CheckRoom(5 << 19), refused.status());
  EXPECT_TRUE(memory.CheckRoom(1 << 20).ok());
  EXPECT_EQ(memory.free(0), 2 << 20);
}

TEST(DeviceMemoryTest, AHoldGivesBackOnceWhoeverHasIt) {
  DeviceMemory memory(Devices({100}));
  {
    MemoryHold hold = *memory.Place(60);
    EXPECT_FALSE(memory.Place(60).ok());
    MemoryHold moved = std::move(hold);
    EXPECT_EQ(moved.bytes(), 60);
    EXPECT_EQ(memory.free(0), 40);
    moved = *memory.Place(30);
    EXPECT_EQ(memory.free(0), 70);
  }
  EXPECT_EQ(memory.free(0), 100);
}

TEST(DeviceMemoryTest, AHoldMayOutliveTheAccount) {
  std::optional<DeviceMemory> memory(Devices({100}));
  const MemoryHold hold = *memory->Place(60);
  memory.reset();
  EXPECT_EQ(hold.bytes(), 60);
}

TEST(DeviceMemoryTest, WithoutABudgetThereIsAlwaysRoom) {
  DeviceMemory memory({DeviceBudget()});
  const auto hold = memory.Place(int64_t{1} << 60);
  EXPECT_TRUE(hold.ok());
  EXPECT_TRUE(memory.Place(int64_t{1} << 60).ok());
}

TEST(DefaultBudgetTest, TheProcessorsIsThreeQuartersOfTheContainers) {
  EXPECT_NEAR(static_cast<double>(DefaultBudget(at::kCPU).bytes),
              0.75 * MemoryLimit(), 1.0);
}

}  // namespace
}  // namespace scoreserve
