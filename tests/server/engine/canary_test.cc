#include "server/engine/canary.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

int InShare(const std::string& model, double share, int callers) {
  int count = 0;
  for (int i = 0; i < callers; ++i) {
    if (GetsCanary(model, absl::StrCat("caller-", i), share)) ++count;
  }
  return count;
}

TEST(CanaryTest, NobodyIsInNoShareAndEverybodyInTheWhole) {
  EXPECT_EQ(InShare("m", 0.0, 1000), 0);
  EXPECT_EQ(InShare("m", 1.0, 1000), 1000);
}

TEST(CanaryTest, AShareOfCallersIsAboutThatMany) {
  // Binomial: 5 standard deviations of 10,000 draws.
  EXPECT_NEAR(InShare("m", 0.1, 10000), 1000, 150);
  EXPECT_NEAR(InShare("m", 0.5, 10000), 5000, 250);
}

TEST(CanaryTest, WhoIsInAShareIsInEveryLargerOne) {
  for (int i = 0; i < 1000; ++i) {
    const std::string caller = absl::StrCat("caller-", i);
    bool before = false;
    for (const double share : {0.0, 0.1, 0.3, 0.6, 1.0}) {
      const bool now = GetsCanary("m", caller, share);
      EXPECT_TRUE(now || !before) << caller;
      before = now;
    }
  }
}

TEST(CanaryTest, ModelsDrawTheirCallersApart) {
  int both = 0;
  for (int i = 0; i < 10000; ++i) {
    const std::string caller = absl::StrCat("caller-", i);
    if (GetsCanary("a", caller, 0.5) && GetsCanary("b", caller, 0.5)) ++both;
  }
  EXPECT_NEAR(both, 2500, 220);
}

TEST(CanaryTest, IsTheFirst64BitsOfASha256) {
  // SHA-256 of "m\0alice" begins with 65ae7d47de331ed1, 0.3972 of 2^64.
  EXPECT_TRUE(GetsCanary("m", "alice", 0.3973));
  EXPECT_FALSE(GetsCanary("m", "alice", 0.3971));
}

}  // namespace
}  // namespace scoreserve
