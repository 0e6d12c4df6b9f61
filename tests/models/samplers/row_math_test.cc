// One counter at a time gives the bits of many: what a GPU does is what the
// processor does.

#include "models/samplers/row_math.h"

#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "models/samplers/advance.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

TEST(RowMathTest, NormalsHaveTheBitsOfFillNormals) {
  constexpr int64_t kRows = 2000, kDim = 257;
  const NoiseKey first = {.seed = 0x123456789abcdef0, .step = 77, .row = 5};
  std::vector<float> all(kRows * kDim);
  FillNormals(first, Purpose::kStart, kRows, kDim, all.data());
  for (int64_t row = 0; row < kRows; ++row) {
    NoiseKey key = first;
    key.row += static_cast<uint32_t>(row);
    for (int64_t k = 0; k < kDim; ++k) {
      const row_math::Normals z = row_math::NormalsOf(
          key, static_cast<uint32_t>(k / 4), Purpose::kStart);
      ASSERT_EQ(row_math::ToBits(z.z[k % 4]),
                row_math::ToBits(all[row * kDim + k]))
          << row << ", " << k;
    }
  }
}

// Half a million draws leave out words that matter: those around the ends, the
// middle, and where the exponent of u changes.
TEST(RowMathTest, RadiiAndAnglesOfRareWordsAreOrdinaryNumbers) {
  for (uint32_t bit = 0; bit < 32; ++bit) {
    for (const uint32_t off : {0u, 1u, ~0u}) {
      const uint32_t w = (1u << bit) + off;
      EXPECT_GE(row_math::Radius(w), 0.0f) << w;
      EXPECT_LT(row_math::Radius(w), 6.8f) << w;
      float sine = 0.0f, cosine = 0.0f;
      row_math::SineAndCosine(w, sine, cosine);
      EXPECT_NEAR(sine * sine + cosine * cosine, 1.0f, 1e-6f) << w;
    }
  }
}

std::vector<RowStep> StepsOfAllKinds() {
  const NoiseKey noise = {.seed = 9, .step = 3};
  std::vector<RowStep> steps = {
      {},
      {.xs = 0.1f, .noise = noise},
      {.xx = 0.9f, .xs = 0.05f, .xz = 0.3f, .noise = noise},
      {.xy = 0.5f, .xs = 0.1f, .noise = noise},
      {.xx = 1.1f,
       .xy = 0.25f,
       .xs = 0.03f,
       .xz = 0.1f,
       .yx = 0.2f,
       .yy = 0.8f,
       .ys = 0.2f,
       .yz = 0.6f,
       .noise = noise},
      {.yx = 1.0f, .yy = 0.0f, .noise = noise},
      {.yz = 0.7f, .noise = noise},
  };
  for (size_t i = 0; i < steps.size(); ++i) {
    steps[i].noise.row = static_cast<uint32_t>(10 * i);
  }
  return steps;
}

TEST(RowMathTest, AStepHasTheBitsOfAdvance) {
  const std::vector<RowStep> steps = StepsOfAllKinds();
  const auto rows = static_cast<int64_t>(steps.size());
  for (const int64_t dim : {1, 2, 3, 4, 65}) {
    std::vector<float> x(rows * dim), y(rows * dim), score(rows * dim);
    FillNormals({.seed = 1}, Purpose::kUser, rows, dim, x.data());
    FillNormals({.seed = 2}, Purpose::kUser, rows, dim, y.data());
    FillNormals({.seed = 3}, Purpose::kUser, rows, dim, score.data());
    // The companion of a row that has none is not read.
    for (int64_t k = 0; k < dim; ++k) {
      y[k] = std::numeric_limits<float>::quiet_NaN();
    }
    std::vector<float> want_x = x, want_y = y;
    Advance(steps, dim, score.data(), want_x.data(), want_y.data());
    for (int64_t i = 0; i < rows; ++i) {
      const RowStep& step = steps[i];
      const bool noise = row_math::RowDrawsNoise(step);
      for (int64_t k = 0; k < dim; ++k) {
        const row_math::Normals z = row_math::NormalsOf(
            step.noise, static_cast<uint32_t>(k / 4), Purpose::kStep);
        const int64_t at = i * dim + k;
        row_math::Move(step, noise, z.z[k % 4], score[at], &x[at],
                       row_math::RowHasCompanion(step) ? &y[at] : nullptr);
        ASSERT_EQ(row_math::ToBits(x[at]), row_math::ToBits(want_x[at]))
            << i << ", " << k;
        ASSERT_EQ(row_math::ToBits(y[at]), row_math::ToBits(want_y[at]))
            << i << ", " << k;
      }
    }
  }
}

}  // namespace
}  // namespace scoreserve
