#include "models/training/batch_law.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

std::vector<int64_t> Batch(uint64_t seed, int64_t batch, int64_t visible,
                           size_t size) {
  std::vector<int64_t> rows(size);
  FillBatch(seed, batch, visible, absl::MakeSpan(rows));
  return rows;
}

TEST(BatchLawTest, EveryEpochTakesEveryRowOnce) {
  for (const int64_t n : {1, 2, 3, 7, 16, 1000, 1438}) {
    std::vector<int64_t> rows = Batch(1, 2, n, static_cast<size_t>(n));
    std::sort(rows.begin(), rows.end());
    for (int64_t i = 0; i < n; ++i)
      ASSERT_EQ(rows[static_cast<size_t>(i)], i) << n;
  }
}

TEST(BatchLawTest, EpochsAndSeedsHaveOrdersOfTheirOwn) {
  EXPECT_NE(Batch(1, 0, 1000, 1000), Batch(1, 1, 1000, 1000));
  EXPECT_NE(Batch(1, 0, 1000, 1000), Batch(2, 0, 1000, 1000));
  EXPECT_EQ(Batch(1, 1, 1000, 1000), Batch(1, 1, 1000, 1000));
}

TEST(BatchLawTest, BatchesCutTheEpochsWhereverTheyEnd) {
  // Five batches of 6 are three epochs of 10.
  std::multiset<int64_t> taken;
  for (int64_t batch = 0; batch < 5; ++batch) {
    for (const int64_t row : Batch(1, batch, 10, 6)) taken.insert(row);
  }
  for (int64_t row = 0; row < 10; ++row) EXPECT_EQ(taken.count(row), 3u);
}

TEST(BatchLawTest, OrderHasNoTrend) {
  // The mean row of the first half of an epoch is n/2 in expectation, with a
  // standard error of n/√(12 n/2) · √½ over orders.
  double z_squared = 0.0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    double sum = 0.0;
    for (const int64_t row : Batch(seed, 0, 1000, 500))
      sum += static_cast<double>(row);
    const double error = 1000.0 / std::sqrt(12.0 * 500.0) * std::sqrt(0.5);
    const double z = (sum / 500.0 - 499.5) / error;
    z_squared += z * z / 100.0;
  }
  EXPECT_NEAR(z_squared, 1.0, 5.0 * std::sqrt(2.0 / 100.0));
}

}  // namespace
}  // namespace scoreserve
