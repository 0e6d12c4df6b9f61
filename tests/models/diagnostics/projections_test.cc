#include "models/diagnostics/projections.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace scoreserve {
namespace {

using Coordinates = std::array<double, Projections::kNumber>;

// The directions of a space of `dim` dimensions, by what they are of its axes.
std::vector<Coordinates> Directions(int64_t dim) {
  const Projections projections(dim);
  std::vector<Coordinates> directions;
  for (int64_t k = 0; k < dim; ++k) {
    std::vector<float> axis(dim, 0.0f);
    axis[k] = 1.0f;
    directions.push_back(projections.Of(axis.data()));
  }
  return directions;
}

double Dot(const std::vector<Coordinates>& directions, int i, int j) {
  double sum = 0.0;
  for (const Coordinates& axis : directions) sum += axis[i] * axis[j];
  return sum;
}

TEST(ProjectionsTest, AreUnitVectorsAsFarApartAsChanceHasIt) {
  for (const int64_t dim : {1, 2, 64, 1000}) {
    const auto directions = Directions(dim);
    for (int i = 0; i < Projections::kNumber; ++i) {
      EXPECT_NEAR(Dot(directions, i, i), 1.0, 1e-6);
      for (int j = 0; j < i && dim >= 64; ++j) {
        EXPECT_LT(std::abs(Dot(directions, i, j)), 5.0 / std::sqrt(dim));
      }
    }
  }
}

TEST(ProjectionsTest, AreLinearAndTheSameEachTime) {
  const auto directions = Directions(3);
  const float x[] = {2.0f, -3.0f, 0.5f};
  const Coordinates along = Projections(3).Of(x);
  for (int j = 0; j < Projections::kNumber; ++j) {
    double want = 0.0;
    for (int k = 0; k < 3; ++k) want += x[k] * directions[k][j];
    EXPECT_NEAR(along[j], want, 1e-6);
  }
}

}  // namespace
}  // namespace scoreserve
