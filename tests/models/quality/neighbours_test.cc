#include "models/quality/neighbours.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include "gtest/gtest.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

Rows Line(std::vector<float> values) {
  return {.dim = 1, .values = std::move(values)};
}

Rows Normals(int64_t rows, uint64_t seed, float shift = 0.0f) {
  Rows normals = {.dim = 4,
                  .values = std::vector<float>(static_cast<size_t>(4 * rows))};
  FillNormals(NoiseKey{.seed = seed}, Purpose::kUser, rows, 4,
              normals.values.data());
  for (float& value : normals.values) value += shift;
  return normals;
}

TEST(NeighboursTest, SetsFarApartAreToldApart) {
  const TwoSampleAccuracy accuracy =
      NearestNeighbourAccuracy(Line({0, 1, 2}), Line({100, 101}));
  EXPECT_EQ(accuracy.pooled, 1.0);
  EXPECT_EQ(accuracy.first, 1.0);
  EXPECT_EQ(accuracy.second, 1.0);
}

TEST(NeighboursTest, CopiesAreNeverTheirOwnKind) {
  EXPECT_EQ(NearestNeighbourAccuracy(Line({0, 5, 9}), Line({0, 5, 9})).pooled,
            0.0);
}

TEST(NeighboursTest, HalvesCountTheRowsOfOneSet) {
  // 0's nearest is 0.4 of the other set, 10's is 11 of its own; of the other
  // set 0.4's nearest is 0.
  const TwoSampleAccuracy accuracy =
      NearestNeighbourAccuracy(Line({0, 10, 11}), Line({0.4f}));
  EXPECT_NEAR(accuracy.first, 2.0 / 3.0, 1e-12);
  EXPECT_EQ(accuracy.second, 0.0);
  EXPECT_EQ(accuracy.pooled, 0.5);
}

TEST(NeighboursTest, OneDistributionScoresOneHalf) {
  // 40 means of 200 rows: a standard error below √(¼ / 200) / √2 for one, and
  // no more than that for the mean of overlapping ones.
  const TwoSampleAccuracy accuracy = MeanNearestNeighbourAccuracy(
      Normals(600, 1), Normals(600, 2), 200, 20, 3);
  EXPECT_NEAR(accuracy.pooled, 0.5, 4.0 * std::sqrt(0.25 / 400.0));
}

TEST(NeighboursTest, ClassesAreTheMajoritysOfTheNearest) {
  const std::vector<int> found = NearestClasses(
      Line({0.1f, 9.0f}), Line({0, 0.2f, 0.3f, 8, 10}), {1, 0, 1, 2, 2}, 3);
  EXPECT_EQ(found, (std::vector<int>{1, 2}));
}

TEST(NeighboursTest, DistancesAreEuclidean) {
  const Rows origin = {.dim = 2, .values = {0, 0, 50, 50}};
  EXPECT_EQ(NearestDistances({.dim = 2, .values = {3, 4}}, origin),
            std::vector<double>{5.0});
}

}  // namespace
}  // namespace scoreserve
