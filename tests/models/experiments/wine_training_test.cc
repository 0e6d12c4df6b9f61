#include "models/experiments/wine_training.h"

#include <cctype>
#include <cstdint>
#include <string>
#include <utility>

#include "ATen/ops/cat.h"
#include "ATen/ops/equal.h"
#include "ATen/ops/eye.h"
#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "models/experiments/wine_data.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

constexpr char kRed[] = SCORESERVE_TEST_DATA "/winequality-red.csv";

WineData Red(uint64_t seed) { return ReadWine(kRed, seed).value(); }

// The noise on whitened rows is independent of them.
TEST(WineDataTest, AllRowsTogetherAreWhiteWithSomeNoise) {
  const WineData data = Red(1);
  EXPECT_EQ(data.train.size(0), 1296);
  EXPECT_EQ(data.validation.size(0), 144);
  EXPECT_EQ(data.test.size(0), 159);
  const at::Tensor all = at::cat({data.train, data.validation, data.test});
  EXPECT_LT(all.mean(0).abs().max().item<double>(), 0.01);
  const at::Tensor covariance = all.t().matmul(all).div(1599.0);
  EXPECT_LT(covariance.sub(at::eye(11), 1.0025).abs().max().item<double>(),
            0.01);
}

TEST(WineDataTest, TheSeedDecidesTheOrder) {
  EXPECT_TRUE(at::equal(Red(1).test, Red(1).test));
  EXPECT_FALSE(at::equal(Red(1).test, Red(2).test));
}

// 240 of the rows repeat one before them, so of 159 some but not many do.
TEST(WineDataTest, SomeRowsAreCopiesOfTrainingRows) {
  const int64_t unlike = Red(1).unlike.sum().item<int64_t>();
  EXPECT_GT(unlike, 100);
  EXPECT_LT(unlike, 150);
}

TEST(WineDataTest, AFileThatIsNotThereIsSaidToBe) {
  EXPECT_EQ(ReadWine("/nowhere.csv", 1).status().code(),
            absl::StatusCode::kNotFound);
}

class EveryWineLossTest
    : public ::testing::TestWithParam<std::pair<WineLoss, std::string>> {};

// −11/8 is what the envelope alone would have, and −11/2 the best Gaussian.
TEST_P(EveryWineLossTest, TrainsPastTheBestGaussian) {
  WineOptions options;
  options.family = {.points = 50, .kernels = 2, .width = 10, .envelope = 2.0};
  options.steps = 60;
  const WineRun run = TrainOnWine(Red(1), GetParam().first, options, 1);
  EXPECT_EQ(run.checks.size(), 4u);
  EXPECT_LT(run.held_out, -5.5);
}

INSTANTIATE_TEST_SUITE_P(All, EveryWineLossTest,
                         ::testing::ValuesIn(WineLosses()),
                         [](const auto& loss) {
                           std::string name = loss.param.second;
                           std::erase_if(name,
                                         [](char c) { return !isalnum(c); });
                           return name;
                         });

}  // namespace
}  // namespace scoreserve
