#include "models/diagnostics/chain_diagnostics.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

using ::testing::Each;
using ::testing::Field;
using ::testing::IsNan;
using ::testing::Le;

constexpr int64_t kDim = 3;

// Independent normal rows at each step, some of them about other means; the
// score is −2 x, the energy the step.
class Rows {
 public:
  explicit Rows(int64_t rows, double apart = 0.0)
      : rows_(rows), apart_(apart) {}

  // Step `step` of rows first, first + 1, … as `group` of `diagnostics`.
  void Step(ChainDiagnostics& diagnostics, int64_t group, int64_t first,
            int64_t rows, int64_t step) {
    std::vector<float> x(rows_ * kDim), score;
    FillNormals({.seed = 5, .step = static_cast<uint32_t>(step)},
                Purpose::kUser, rows_, kDim, x.data());
    for (int64_t i = 0; i < rows_ * kDim; ++i) {
      if (i / kDim % 2 == 0) x[i] += static_cast<float>(apart_);
      score.push_back(-2.0f * x[i]);
    }
    const std::vector<double> energy(rows_, static_cast<double>(step));
    std::vector<uint8_t> accepted(rows_, 0);
    if (step % 4 != 0) accepted.assign(rows_, 1);
    diagnostics.Observe(group, step,
                        {.x = x.data() + first * kDim,
                         .score = score.data() + first * kDim,
                         .energy = energy.data() + first,
                         .accepted = accepted.data() + first});
    for (int64_t i = first; i < first + rows; ++i) {
      norms_ += std::sqrt(score[i * kDim] * score[i * kDim] +
                          score[i * kDim + 1] * score[i * kDim + 1] +
                          score[i * kDim + 2] * score[i * kDim + 2]);
    }
  }

  void Run(ChainDiagnostics& diagnostics, int64_t steps) {
    for (int64_t step = 0; step < steps; ++step) {
      Step(diagnostics, 0, 0, rows_, step);
    }
  }

  // The sum of score norms that were shown.
  double norms() const { return norms_; }

 private:
  const int64_t rows_;
  const double apart_;
  double norms_ = 0.0;
};

auto RHats(const testing::Matcher<double>& matcher) {
  return Each(Field(&QuantityMixing::split_r_hat, matcher));
}

TEST(ChainDiagnosticsTest, NamesItsQuantitiesAndCountsWhatItSees) {
  ChainDiagnostics diagnostics({}, {4}, kDim, /*energies=*/true);
  EXPECT_FALSE(diagnostics.Summary().acceptance_rate.has_value());
  EXPECT_THAT(diagnostics.Summary().mixing[0].mean, IsNan());
  Rows rows(4);
  rows.Run(diagnostics, 100);
  const ChainSummary summary = diagnostics.Summary();
  EXPECT_EQ(summary.chains, 4);
  EXPECT_EQ(summary.steps, 100);
  // Of steps 1 to 99, 75 are no multiples of 4.
  EXPECT_DOUBLE_EQ(summary.acceptance_rate.value(), 75.0 / 99.0);
  ASSERT_EQ(summary.mixing.size(), 10u);
  EXPECT_EQ(summary.mixing[0].quantity, "score_norm");
  EXPECT_NEAR(summary.mixing[0].mean, rows.norms() / 400.0, 1e-5);
  EXPECT_EQ(summary.mixing[1].quantity, "energy");
  EXPECT_NEAR(summary.mixing[1].mean, 49.5, 1e-9);
  // It only ever rises: halves do not agree.
  EXPECT_GT(summary.mixing[1].split_r_hat, 1.5);
  EXPECT_EQ(summary.mixing[2].quantity, "projection_0");
  EXPECT_EQ(summary.mixing[9].quantity, "projection_7");
}

TEST(ChainDiagnosticsTest, BurnInDoesNotCount) {
  ChainDiagnostics diagnostics({.burn_in = 90}, {4}, kDim, true);
  Rows(4).Run(diagnostics, 100);
  const ChainSummary summary = diagnostics.Summary();
  EXPECT_EQ(summary.steps, 10);
  EXPECT_NEAR(summary.mixing[1].mean, 94.5, 1e-12);
  EXPECT_THAT(summary.mixing, RHats(IsNan()));  // Too few steps.
}

TEST(ChainDiagnosticsTest, ChainsThatAgreeMixAndThoseApartDoNot) {
  ChainDiagnostics together({}, {8}, kDim, false);
  ChainDiagnostics apart({}, {8}, kDim, false);
  Rows(8).Run(together, 512);
  Rows(8, /*apart=*/10.0).Run(apart, 512);
  ASSERT_EQ(together.Summary().mixing.size(), 9u);
  // 16 halves of 256 draws: R̂² − 1 is below 4·√(2/15)/256.
  EXPECT_THAT(together.Summary().mixing, RHats(Le(1.003)));
  // 128 batches: within 4·√(2/127) of the 4096 draws.
  for (const QuantityMixing& mixing : together.Summary().mixing) {
    EXPECT_NEAR(mixing.effective_sample_size / 4096.0, 1.0, 0.6);
  }
  // Half of the means are 10·(d₁+d₂+d₃) away from the others.
  double largest = 0.0;
  for (const QuantityMixing& mixing : apart.Summary().mixing) {
    largest = std::max(largest, mixing.split_r_hat);
  }
  EXPECT_GT(largest, 5.0);
}

TEST(ChainDiagnosticsTest, GroupsTogetherAreTheirChains) {
  ChainDiagnostics whole({}, {6}, kDim, true), parts({}, {1, 5}, kDim, true);
  Rows rows(6);
  rows.Run(whole, 200);
  for (int64_t step = 0; step < 200; ++step) rows.Step(parts, 1, 1, 5, step);
  EXPECT_EQ(parts.Summary().steps, 0);
  for (int64_t step = 0; step < 200; ++step) rows.Step(parts, 0, 0, 1, step);
  const ChainSummary a = whole.Summary(), b = parts.Summary();
  EXPECT_EQ(b.chains, 6);
  EXPECT_EQ(b.steps, 200);
  EXPECT_EQ(a.acceptance_rate, b.acceptance_rate);
  for (size_t q = 0; q < a.mixing.size(); ++q) {
    EXPECT_NEAR(a.mixing[q].mean, b.mixing[q].mean, 1e-12);
    EXPECT_NEAR(a.mixing[q].split_r_hat, b.mixing[q].split_r_hat, 1e-12);
    EXPECT_NEAR(a.mixing[q].effective_sample_size,
                b.mixing[q].effective_sample_size, 1e-8);
  }
}

TEST(ChainDiagnosticsTest, OfVeryManyChainsTheFirstAreObserved) {
  ChainDiagnostics diagnostics({}, {1000, 1000, 1000}, kDim, false);
  EXPECT_EQ(diagnostics.Summary().chains, 1024);
  Rows rows(1000);
  for (int64_t group : {0, 1, 2}) rows.Step(diagnostics, group, 0, 1000, 0);
  EXPECT_EQ(diagnostics.Summary().steps, 1);
}

TEST(ChainDiagnosticsTest, StopsWhereItAgreesAndNotBeforeItCanTell) {
  ChainDiagnostics agree({.burn_in = 10, .stop_at_r_hat = 1.1}, {8}, kDim,
                         false);
  ChainDiagnostics apart({.burn_in = 10, .stop_at_r_hat = 1.1}, {8}, kDim,
                         false);
  Rows rows(8), others(8, 10.0);
  int64_t stopped = 0;
  for (int64_t step = 0; step < 1000; ++step) {
    if (stopped == 0) rows.Step(agree, 0, 0, 8, step);
    others.Step(apart, 0, 0, 8, step);
    if (stopped == 0 && agree.ShouldStop()) stopped = step + 1;
    EXPECT_FALSE(apart.ShouldStop());
  }
  EXPECT_GE(stopped, 10 + ChainDiagnostics::kMinSteps);
  EXPECT_LT(stopped, 1000);
  EXPECT_THAT(agree.Summary().mixing, RHats(Le(1.1)));
}

TEST(ChainDiagnosticsTest, WithoutATargetItNeverStops) {
  ChainDiagnostics diagnostics({}, {8}, kDim, false);
  Rows rows(8);
  for (int64_t step = 0; step < 200; ++step) {
    rows.Step(diagnostics, 0, 0, 8, step);
    EXPECT_FALSE(diagnostics.ShouldStop());
  }
}

}  // namespace
}  // namespace scoreserve
