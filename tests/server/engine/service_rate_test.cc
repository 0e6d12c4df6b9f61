#include "server/engine/service_rate.h"

#include "gtest/gtest.h"

namespace scoreserve {
namespace {

TEST(ServiceRateTest, KnowsNothingBeforeItHasSeenAPass) {
  EXPECT_EQ(ServiceRate().PassSeconds(10), 0.0);
}

TEST(ServiceRateTest, SmallPassesSayNothingOfLargeOnes) {
  ServiceRate rate;
  rate.Observe(1024, 1.024);
  for (int i = 0; i < 1000; ++i) rate.Observe(1, 0.5);
  EXPECT_DOUBLE_EQ(rate.PassSeconds(1024), 1.024);
  EXPECT_DOUBLE_EQ(rate.PassSeconds(1), 0.5);
}

TEST(ServiceRateTest, ASizeNeverSeenIsJudgedByTheNearest) {
  ServiceRate rate;
  rate.Observe(16, 1.6);
  rate.Observe(1024, 10.24);
  EXPECT_DOUBLE_EQ(rate.PassSeconds(30), 3.0);
  EXPECT_DOUBLE_EQ(rate.PassSeconds(1 << 20), 0.01 * (1 << 20));
}

TEST(ServiceRateTest, FollowsAChange) {
  ServiceRate rate;
  rate.Observe(64, 1.0);
  for (int i = 0; i < 100; ++i) rate.Observe(64, 10.0);
  EXPECT_NEAR(rate.PassSeconds(64), 10.0, 0.01);
}

TEST(ServiceRateTest, OneStallChangesItByLessThanAThird) {
  ServiceRate rate;
  rate.Observe(64, 1.0);
  rate.Observe(64, 1e6);
  EXPECT_LE(rate.PassSeconds(64), 1.3 + 1e-9);
}

}  // namespace
}  // namespace scoreserve
