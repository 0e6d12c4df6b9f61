#include "models/diagnostics/projections.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "models/samplers/noise.h"

namespace scoreserve {

Projections::Projections(int64_t dim) : dim_(dim), directions_(dim * kNumber) {
  std::vector<float> direction(dim);
  for (int64_t j = 0; j < kNumber; ++j) {
    FillNormals({.seed = 0, .step = 0, .row = static_cast<uint32_t>(j)},
                Purpose::kProjection, 1, dim, direction.data());
    double square = 0.0;
    for (const float z : direction) square += static_cast<double>(z) * z;
    const double scale = 1.0 / std::sqrt(square);
    for (int64_t k = 0; k < dim; ++k) {
      directions_[k * kNumber + j] = static_cast<float>(scale * direction[k]);
    }
  }
}

std::array<double, Projections::kNumber> Projections::Of(const float* x) const {
  // Floats go four at a time where doubles go two; in short runs they lose
  // nothing that the directions have.
  constexpr int64_t kRun = 32;
  std::array<double, kNumber> along = {};
  for (int64_t first = 0; first < dim_; first += kRun) {
    std::array<float, kNumber> part = {};
    for (int64_t k = first; k < std::min(first + kRun, dim_); ++k) {
      const float* direction = directions_.data() + k * kNumber;
      for (int64_t j = 0; j < kNumber; ++j) part[j] += direction[j] * x[k];
    }
    for (int64_t j = 0; j < kNumber; ++j) along[j] += part[j];
  }
  return along;
}

}  // namespace scoreserve
