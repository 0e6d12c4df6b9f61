#include "models/byte_size.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "models/status.h"

namespace scoreserve {
namespace {

TEST(ByteSizeTest, UnitsArePowersOf1024) {
  EXPECT_EQ(*ParseByteSize("size", "1"), 1);
  EXPECT_EQ(*ParseByteSize("size", "1000000"), 1'000'000);
  EXPECT_EQ(*ParseByteSize("size", "64KiB"), 64 << 10);
  EXPECT_EQ(*ParseByteSize("size", "512MiB"), 512 << 20);
  EXPECT_EQ(*ParseByteSize("size", "1.5GiB"), int64_t{3} << 29);
  EXPECT_EQ(*ParseByteSize("size", "2TiB"), int64_t{2} << 40);
}

TEST(ByteSizeTest, WhatIsNoSizeIsRefused) {
  for (const char* bad : {"", "GiB", "-1", "0", "0.5", "8GB", "8 giB", "nan",
                          "inf", "1e30", "8GiB,"}) {
    const auto refused = ParseByteSize("size", bad);
    EXPECT_FALSE(refused.ok()) << bad;
    EXPECT_EQ(FieldOf(refused.status()), "size");
  }
  EXPECT_EQ(ParseByteSize("size", "8GB").status().message(),
            "size must be a size, like 8GiB, 512MiB or 1000000; was '8GB'");
}

TEST(ByteSizeTest, TextHasFourDigitsOfTheLargestUnit) {
  EXPECT_EQ(ByteSizeText(0), "0 bytes");
  EXPECT_EQ(ByteSizeText(1023), "1023 bytes");
  EXPECT_EQ(ByteSizeText(1024), "1 KiB");
  EXPECT_EQ(ByteSizeText(int64_t{3} << 29), "1.5 GiB");
  EXPECT_EQ(ByteSizeText(12'345'678), "11.77 MiB");
}

}  // namespace
}  // namespace scoreserve
