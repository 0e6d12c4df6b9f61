#include "models/diagnostics/mixing.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "models/diagnostics/batch_means.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

constexpr int64_t kChains = 64;
constexpr int64_t kDraws = 4096;  // A chain's: 16 batches of 256.

// Stationary AR(1) chains of unit variance: x ← ρ x + √(1−ρ²) z.
std::vector<std::vector<double>> Autoregressions(double rho) {
  std::vector<std::vector<double>> chains;
  for (int64_t chain = 0; chain < kChains; ++chain) {
    std::vector<float> z(kDraws);
    FillNormals({.seed = 11, .row = static_cast<uint32_t>(chain)},
                Purpose::kUser, 1, kDraws, z.data());
    std::vector<double>& x = chains.emplace_back(z.begin(), z.end());
    for (int64_t i = 1; i < kDraws; ++i) {
      x[i] = rho * x[i - 1] + std::sqrt(1.0 - rho * rho) * z[i];
    }
  }
  return chains;
}

std::vector<Moments> BatchesOf(const std::vector<std::vector<double>>& chains,
                               int64_t length) {
  std::vector<Moments> batches;
  for (const std::vector<double>& chain : chains) {
    Moments batch;
    for (const double x : chain) {
      batch = Merged(batch, {.count = 1, .mean = x});
      if (batch.count < length) continue;
      batches.push_back(batch);
      batch = {};
    }
  }
  return batches;
}

// The same, for each chain.
std::vector<Batches> Parts(const std::vector<std::vector<double>>& chains,
                           int64_t length) {
  std::vector<Batches> parts;
  for (const std::vector<double>& chain : chains) {
    Batches& part = parts.emplace_back(Batches{.length = length});
    for (const Moments& batch : BatchesOf({chain}, length)) {
      part.draws = Merged(part.draws, batch);
      part.means = Merged(part.means, {.count = 1, .mean = batch.mean});
    }
  }
  return parts;
}

// The variance of a mean of b draws, times b (exact for an AR(1) of unit
// variance): tends to (1+ρ)/(1−ρ).
double LongRunVariance(double rho, double b) {
  return (1.0 + rho) / (1.0 - rho) -
         2.0 * rho * (1.0 - std::pow(rho, b)) / (b * std::pow(1.0 - rho, 2));
}

double SizeOf(const std::vector<std::vector<double>>& chains) {
  return EffectiveSampleSize(Parts(chains, 256), BatchesOf(chains, kDraws / 2));
}

TEST(EffectiveSampleSizeTest, IsThatOfAnAutoregressionWithinItsError) {
  constexpr double kLength = 256.0, kNumber = kChains * kDraws / kLength;
  const double relative_error = std::sqrt(2.0 / (kNumber - 1.0));
  for (const double rho : {0.0, 0.5, 0.9, -0.5}) {
    const double draws = kChains * kDraws;
    const double want = draws / LongRunVariance(rho, kLength);
    const double got = SizeOf(Autoregressions(rho));
    EXPECT_NEAR(got / want, 1.0, 4.0 * relative_error) << rho;
    // What batches of that length leave out.
    EXPECT_NEAR(want * (1.0 + rho) / (1.0 - rho) / draws, 1.0, 0.05) << rho;
  }
}

// Means of the 128 halves are ±1000: n/2 · Σ 1000² / 127 = σ², and s² = 1000².
TEST(EffectiveSampleSizeTest, ChainsThatStandApartCountForTheirHalves) {
  std::vector<std::vector<double>> chains = Autoregressions(0.0);
  for (size_t chain = 0; chain < chains.size(); ++chain) {
    for (double& x : chains[chain]) x += chain % 2 == 0 ? 1000.0 : -1000.0;
  }
  EXPECT_NEAR(SizeOf(chains), 2.0 * kChains - 1.0, 1e-3 * kChains);
}

// What stays within batches tells nothing of what happens between them.
TEST(EffectiveSampleSizeTest, CorrelationsPastABatchAreSeenInTheHalves) {
  constexpr double kRho = 0.999;
  const double want = kChains * kDraws / LongRunVariance(kRho, kDraws / 2.0);
  EXPECT_NEAR(SizeOf(Autoregressions(kRho)) / want, 1.0,
              4.0 * std::sqrt(2.0 / (2.0 * kChains - 1.0)));
}

TEST(EffectiveSampleSizeTest, IsNanOfWhatNeverMoves) {
  const std::vector<std::vector<double>> still(
      2, std::vector<double>(kDraws, 1.0));
  EXPECT_TRUE(std::isnan(SizeOf(still)));
  EXPECT_TRUE(std::isnan(EffectiveSampleSize({}, {})));
}

// R̂ of the textbook, from the draws.
double Textbook(const std::vector<std::vector<double>>& sequences) {
  const auto m = static_cast<double>(sequences.size());
  const auto n = static_cast<double>(sequences[0].size());
  std::vector<double> means;
  double within = 0.0, grand = 0.0, between = 0.0;
  for (const auto& draws : sequences) {
    double mean = 0.0, square = 0.0;
    for (const double x : draws) mean += x / n;
    for (const double x : draws) square += (x - mean) * (x - mean);
    within += square / (n - 1.0) / m;
    grand += mean / m;
    means.push_back(mean);
  }
  for (const double mean : means) {
    between += n / (m - 1.0) * (mean - grand) * (mean - grand);
  }
  return std::sqrt(((n - 1.0) / n * within + between / n) / within);
}

TEST(PotentialScaleReductionTest, IsThatOfTheTextbook) {
  for (const double apart : {0.0, 0.1, 3.0}) {
    std::vector<std::vector<double>> chains = Autoregressions(0.7);
    for (size_t chain = 0; chain < chains.size(); ++chain) {
      for (double& x : chains[chain]) x += apart * static_cast<double>(chain);
    }
    EXPECT_NEAR(PotentialScaleReduction(BatchesOf(chains, kDraws)),
                Textbook(chains), 1e-9);
  }
}

// R̂² − 1 = (n·Var(means)/W − 1)/n, and n·Var(means)/W is a χ² of m − 1 degrees
// over them.
TEST(PotentialScaleReductionTest, IsOneOfIndependentDrawsWithinItsError) {
  constexpr double kHalf = kDraws / 2;
  const double r_hat =
      PotentialScaleReduction(BatchesOf(Autoregressions(0.0), kDraws / 2));
  EXPECT_NEAR(kHalf * (r_hat * r_hat - 1.0), 0.0,
              4.0 * std::sqrt(2.0 / (2.0 * kChains - 1.0)));
}

TEST(PotentialScaleReductionTest, IsNanOrInfiniteOfWhatNeverMoves) {
  EXPECT_TRUE(std::isnan(PotentialScaleReduction(
      {{.count = 4, .mean = 1.0}, {.count = 4, .mean = 1.0}})));
  EXPECT_TRUE(std::isinf(PotentialScaleReduction(
      {{.count = 4, .mean = 1.0}, {.count = 4, .mean = 2.0}})));
  EXPECT_TRUE(std::isnan(PotentialScaleReduction({})));
}

}  // namespace
}  // namespace scoreserve
