#include "models/training/gate.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// A check on fresh rows, whose differences are normal of mean `improvement`
// standard errors.
PairedDifference Check(uint32_t number, int64_t rows, double improvement) {
  std::vector<float> z(static_cast<size_t>(rows));
  FillNormals(NoiseKey{.seed = 7, .step = number, .row = 0}, Purpose::kUser, 1,
              rows, z.data());
  // The rows' own losses differ far more than the networks.
  std::vector<double> reference, candidate;
  for (int64_t i = 0; i < rows; ++i) {
    const double loss = 100.0 * std::sin(static_cast<double>(i));
    reference.push_back(loss);
    candidate.push_back(loss - z[static_cast<size_t>(i)] -
                        improvement / std::sqrt(static_cast<double>(rows)));
  }
  return Compare(reference, candidate);
}

int OfAThousand(int64_t rows, double improvement) {
  int exceed = 0;
  for (uint32_t k = 0; k < 1000; ++k) {
    exceed += Check(k, rows, improvement).Exceeds() ? 1 : 0;
  }
  return exceed;
}

TEST(GateTest, DifferenceIsThatOfTheMeansAndItsErrorThatOfAPairedSample) {
  // Differences 1, 2, 3, 6: mean 3, variance 14/3 of a sample.
  const PairedDifference difference =
      Compare({11.0, 22.0, 33.0, 46.0}, {10.0, 20.0, 30.0, 40.0});
  EXPECT_EQ(difference.rows, 4);
  EXPECT_EQ(difference.candidate, 25.0);
  EXPECT_EQ(difference.improvement, 3.0);
  EXPECT_DOUBLE_EQ(difference.standard_error, std::sqrt(14.0 / 3.0 / 4.0));
}

TEST(GateTest, FewRowsNeverExceed) {
  const std::vector<double> zeros(kMinGateRows, 0.0), ones(kMinGateRows, 1.0);
  EXPECT_TRUE(Compare(ones, zeros).Exceeds());
  const absl::Span<const double> some(ones.data(), kMinGateRows - 1);
  EXPECT_FALSE(Compare(some, absl::MakeConstSpan(zeros).subspan(1)).Exceeds());
  EXPECT_EQ(Compare({1.0}, {0.0}).standard_error, kInfinity);
  EXPECT_EQ(Compare({}, {}).standard_error, kInfinity);
}

TEST(GateTest, TheSameNetworkIsNotBetter) {
  const std::vector<double> losses(kGateRows, 2.5);
  EXPECT_FALSE(Compare(losses, losses).Exceeds());
}

TEST(GateTest, ALossThatIsNotFiniteIsWorseThanAnyThatIs) {
  const std::vector<double> finite(kGateRows, 1e6);
  for (const double bad : {kNan, kInfinity, -kInfinity}) {
    std::vector<double> losses(kGateRows, -1e6);
    losses[100] = bad;
    EXPECT_TRUE(Compare(losses, finite).Exceeds());
    EXPECT_EQ(Compare(losses, finite).improvement, kInfinity);
    EXPECT_FALSE(Compare(finite, losses).Exceeds());
    EXPECT_EQ(Compare(finite, losses).improvement, -kInfinity);
    EXPECT_FALSE(Compare(losses, losses).Exceeds());
  }
  // Finite losses whose error is not are no evidence.
  std::vector<double> huge(kGateRows, 0.0);
  huge[0] = 1e300;
  EXPECT_FALSE(Compare(huge, std::vector<double>(kGateRows, 0.0)).Exceeds());
}

TEST(GateTest, UnderTheNullFewerThanFiveOfAThousandExceed) {
  EXPECT_LE(OfAThousand(kGateRows, 0.0), 5);
}

TEST(GateTest, AnImprovementOfSixStandardErrorsExceedsAtTheFirstCheck) {
  EXPECT_GE(OfAThousand(kGateRows, 6.0), 990);
}

TEST(VersionWatchTest, AChecksRowsHaveComeSinceAndAreCountedOnce) {
  VersionWatch watch = {.next_ordinal = 1000};
  EXPECT_FALSE(watch.Due(1000 + kMinGateRows - 1));
  EXPECT_TRUE(watch.Due(1000 + kMinGateRows));
  EXPECT_EQ(watch.Judge({}, 5000), Verdict::kKeep);
  EXPECT_FALSE(watch.Due(5000 + kMinGateRows - 1));
  EXPECT_TRUE(watch.Due(5000 + kMinGateRows));
}

TEST(VersionWatchTest, TwoBadChecksInARowRollBack) {
  const PairedDifference worse = {
      .rows = 512, .improvement = 3.1, .standard_error = 1.0};
  const PairedDifference fair = {
      .rows = 512, .improvement = 2.9, .standard_error = 1.0};
  VersionWatch watch;
  EXPECT_TRUE(watch.MayPublish());
  EXPECT_EQ(watch.Judge(worse, 512), Verdict::kSuspect);
  EXPECT_FALSE(watch.MayPublish());
  // Any other result clears it.
  EXPECT_EQ(watch.Judge(fair, 1024), Verdict::kKeep);
  EXPECT_TRUE(watch.MayPublish());
  EXPECT_EQ(watch.Judge(worse, 1536), Verdict::kSuspect);
  EXPECT_EQ(watch.Judge(worse, 2048), Verdict::kRollBack);
  EXPECT_TRUE(watch.MayPublish());
  EXPECT_EQ(watch.next_ordinal, 2048);
}

TEST(VersionWatchTest, AStationaryStreamRollsNothingBackInAThousandChecks) {
  // At as few rows as there may be, a version exactly as good as before.
  VersionWatch watch;
  int suspected = 0;
  for (uint32_t k = 0; k < 1000; ++k) {
    const Verdict verdict =
        watch.Judge(Check(k, kMinGateRows, 0.0), 512 * (k + 1));
    EXPECT_NE(verdict, Verdict::kRollBack) << "check " << k;
    suspected += verdict == Verdict::kSuspect ? 1 : 0;
  }
  EXPECT_LE(suspected, 8);
}

TEST(VersionWatchTest, AVersionWorseBySixStandardErrorsIsRolledBackAtOnce) {
  int rolled_back = 0;
  for (uint32_t k = 0; k < 500; ++k) {
    VersionWatch watch;
    watch.Judge(Check(2 * k, kGateRows, 6.0), 2048);
    rolled_back += watch.Judge(Check(2 * k + 1, kGateRows, 6.0), 4096) ==
                           Verdict::kRollBack
                       ? 1
                       : 0;
  }
  EXPECT_GE(rolled_back, 490);
}

}  // namespace
}  // namespace scoreserve
