#include "models/diagnostics/batch_means.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

// Seeded normals about `mean`.
std::vector<double> Values(int64_t count, double mean = 0.0) {
  std::vector<float> z(count);
  FillNormals({.seed = 7}, Purpose::kUser, 1, count, z.data());
  std::vector<double> values(z.begin(), z.end());
  for (double& value : values) value += mean;
  return values;
}

// Values first … first + count − 1, in two goes.
Moments Direct(const std::vector<double>& values, int64_t first,
               int64_t count) {
  Moments moments = {.count = count};
  for (int64_t i = first; i < first + count; ++i) {
    moments.mean += values[i] / static_cast<double>(count);
  }
  for (int64_t i = first; i < first + count; ++i) {
    moments.deviations += std::pow(values[i] - moments.mean, 2);
  }
  return moments;
}

Moments All(const BatchMeans& series, int64_t i) {
  return Merged(series.OfBatches(i, 1, 0, series.batches())[0].draws,
                series.OfOpen(i));
}

void ExpectEqual(const Moments& got, const Moments& want) {
  EXPECT_EQ(got.count, want.count);
  EXPECT_NEAR(got.mean, want.mean, 1e-13 * (1.0 + std::abs(want.mean)));
  EXPECT_NEAR(got.deviations, want.deviations, 1e-12 * (1.0 + want.deviations));
}

TEST(BatchMeansTest, BatchesAreThoseOfTheSeriesHoweverOftenTheyWereMerged) {
  const std::vector<double> values = Values(3000);
  BatchMeans series(2);
  for (int64_t n = 1; n <= 3000; ++n) {
    series.Add({values[n - 1], -values[n - 1]});
    ASSERT_EQ(series.count(), n);
    if (n % 97 != 0 && n != 32 && n != 64) continue;
    const int64_t length = series.batch_length();
    for (int64_t batch = 0; batch < series.batches(); ++batch) {
      const Batches of = series.OfBatches(0, 1, batch, batch + 1)[0];
      ExpectEqual(of.draws, Direct(values, batch * length, length));
      ExpectEqual(of.means, {.count = 1, .mean = of.draws.mean});
      EXPECT_EQ(series.OfBatches(0, 2, batch, batch + 1)[1].draws.mean,
                -of.draws.mean);
    }
    const int64_t full = series.batches();
    ExpectEqual(All(series, 0), Direct(values, 0, n));
    const Batches of = series.OfBatches(0, 1, 0, full)[0];
    ExpectEqual(of.draws, Direct(values, 0, full * length));
    EXPECT_EQ(of.length, length);
    std::vector<double> means;
    for (int64_t batch = 0; batch < full; ++batch) {
      means.push_back(Direct(values, batch * length, length).mean);
    }
    ExpectEqual(of.means, Direct(means, 0, full));
  }
}

TEST(BatchMeansTest, ThereAre16To31BatchesWhateverTheLength) {
  BatchMeans series(1);
  for (int64_t n = 1; n <= 1 << 20; ++n) {
    series.Add({1.0});
    ASSERT_LT(series.batches(), BatchMeans::kMaxBatches);
    if (n >= 16) {
      ASSERT_GE(series.batches(), 16);
    }
  }
  EXPECT_EQ(series.batches(), 16);
  EXPECT_EQ(series.batch_length(), 1 << 16);
}

// As sums of squares it would have no digit left.
TEST(BatchMeansTest, ALargeMeanDoesNotHideTheDeviations) {
  const std::vector<double> values = Values(1000, 1e9);
  BatchMeans series(1);
  for (const double value : values) series.Add({value});
  const Moments want = Direct(values, 0, 1000);
  EXPECT_NEAR(All(series, 0).deviations / want.deviations, 1.0, 1e-6);
}

}  // namespace
}  // namespace scoreserve
