#include "models/samplers/advance.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

constexpr int64_t kDims[] = {1, 2, 3, 5, 7, 64, 65, 130, 1029};

// Rows of all kinds, mixed: with and without noise, with and without a
// companion, of several requests. Planes start `offset` floats after an aligned
// address.
struct Batch {
  Batch(int64_t rows, int64_t dim, int64_t offset = 0)
      : dim(dim), offset(offset), steps(rows) {
    uint64_t seed = 77;
    const auto fill = [&seed](std::vector<float>& values, int64_t size) {
      values.resize(size);
      FillNormals({.seed = seed++}, Purpose::kUser, 1, size, values.data());
    };
    fill(x, 16 + rows * dim);
    fill(y, 16 + rows * dim);
    fill(score, 16 + rows * dim);
    std::vector<float> coefficients;
    fill(coefficients, 8 * rows);
    for (int64_t i = 0; i < rows; ++i) {
      const float* c = &coefficients[8 * i];
      RowStep& step = steps[i];
      step = {.xx = c[0], .xs = c[2], .xz = c[3]};
      if (i % 3 == 1) step.xz = 0.0f;
      if (i % 4 >= 2) {
        step.xy = c[1], step.yx = c[4], step.yy = c[5], step.ys = c[6];
        if (i % 3 != 1) step.yz = c[7];
      }
      step.noise = {.seed = 0x100000000u * (i / 5) + 9,
                    .step = static_cast<uint32_t>(1000 - i),
                    .row = static_cast<uint32_t>(i % 5)};
    }
  }

  void WithoutCompanions() {
    for (RowStep& s : steps) s.xy = s.yx = s.ys = s.yz = 0.0f, s.yy = 1.0f;
  }

  void Run(const char* variant, bool companions) {
    AdvanceWith(variant, steps, dim, score.data() + offset, x.data() + offset,
                companions ? y.data() + offset : nullptr);
  }

  int64_t dim;
  int64_t offset;
  std::vector<RowStep> steps;
  std::vector<float> x, y, score;
};

bool SameBits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST(AdvanceTest, IsTheAffineMapOfItsRowAndTheNoiseOfItsKey) {
  for (const int64_t dim : kDims) {
    Batch batch(23, dim);
    const Batch before = batch;
    Advance(batch.steps, dim, batch.score.data(), batch.x.data(),
            batch.y.data());
    std::vector<float> z(dim);
    for (size_t i = 0; i < batch.steps.size(); ++i) {
      const RowStep& c = batch.steps[i];
      FillNormals(c.noise, Purpose::kStep, 1, dim, z.data());
      for (int64_t k = 0; k < dim; ++k) {
        const int64_t at = i * dim + k;
        const double x = before.x[at], y = before.y[at], s = before.score[at];
        // Each product and each sum rounds once.
        const auto near = [&](float got, double a, double b, double d,
                              double e) {
          const double size =
              std::abs(a) + std::abs(b) + std::abs(d) + std::abs(e);
          EXPECT_NEAR(got, a + b + d + e, 4 * 0x1p-24 * size)
              << dim << " " << i << " " << k;
        };
        near(batch.x[at], c.xx * x, c.xy * y, c.xs * s, double{c.xz} * z[k]);
        near(batch.y[at], c.yx * x, c.yy * y, c.ys * s, double{c.yz} * z[k]);
      }
    }
  }
}

TEST(AdvanceTest, AllVariantsGiveTheSameBitsAtEveryWidthAndAlignment) {
  for (const int64_t dim : kDims) {
    for (const bool companions : {false, true}) {
      for (int64_t offset = 0; offset < (dim < 100 ? 16 : 2); ++offset) {
        Batch first(dim < 4 ? 501 : 37, dim, offset);
        if (!companions) first.WithoutCompanions();
        const Batch before = first;
        first.Run(AdvanceVariants()[0], companions);
        for (const char* variant : AdvanceVariants()) {
          Batch other = before;
          other.Run(variant, companions);
          EXPECT_TRUE(SameBits(other.x, first.x)) << variant << " " << dim;
          EXPECT_TRUE(SameBits(other.y, first.y)) << variant << " " << dim;
        }
      }
    }
  }
}

TEST(AdvanceTest, EveryVariantDrawsTheNoiseOfItsKeys) {
  constexpr int64_t kRows = 300, kDim = 37;
  const NoiseKey first = {.seed = 11, .step = 4, .row = 2};
  std::vector<float> noise(kRows * kDim), score(kRows * kDim);
  FillNormals(first, Purpose::kStep, kRows, kDim, noise.data());
  std::vector<RowStep> steps(kRows);
  for (uint32_t i = 0; i < kRows; ++i) {
    steps[i].xz = 1.0f;
    steps[i].noise = {.seed = 11, .step = 4, .row = 2 + i};
  }
  for (const char* variant : AdvanceVariants()) {
    std::vector<float> x(kRows * kDim);
    AdvanceWith(variant, steps, kDim, score.data(), x.data(), nullptr);
    EXPECT_TRUE(SameBits(x, noise)) << variant;
  }
}

TEST(AdvanceTest, AlignmentDoesNotMatter) {
  constexpr int64_t kRows = 9, kDim = 65;
  Batch aligned(kRows, kDim);
  for (int64_t offset = 1; offset < 16; ++offset) {
    Batch shifted = aligned;
    shifted.offset = offset;
    for (std::vector<float>* plane : {&shifted.x, &shifted.y, &shifted.score}) {
      std::memmove(plane->data() + offset, plane->data(),
                   kRows * kDim * sizeof(float));
    }
    shifted.Run(AdvanceVariants()[0], true);
    Batch expected = aligned;
    expected.Run(AdvanceVariants()[0], true);
    EXPECT_EQ(std::memcmp(shifted.x.data() + offset, expected.x.data(),
                          kRows * kDim * sizeof(float)),
              0);
  }
}

TEST(AdvanceTest, ARowDoesNotDependOnItsBatchMatesNorOnItsPlace) {
  for (const int64_t dim : kDims) {
    Batch batch(41, dim);
    const Batch before = batch;
    Advance(batch.steps, dim, batch.score.data(), batch.x.data(),
            batch.y.data());
    for (size_t i = 0; i < batch.steps.size(); ++i) {
      std::vector<float> x(&before.x[i * dim], &before.x[i * dim] + dim);
      std::vector<float> y(&before.y[i * dim], &before.y[i * dim] + dim);
      // A row without a companion does not care whether others have one.
      const bool companion = i % 4 >= 2;
      Advance({&batch.steps[i], 1}, dim, &before.score[i * dim], x.data(),
              companion ? y.data() : nullptr);
      EXPECT_EQ(std::memcmp(x.data(), &batch.x[i * dim], dim * sizeof(float)),
                0);
      EXPECT_EQ(std::memcmp(y.data(), &batch.y[i * dim], dim * sizeof(float)),
                0);
    }
  }
}

TEST(AdvanceTest, NotANumberStaysInItsRow) {
  for (const int64_t dim : kDims) {
    Batch batch(12, dim);
    Batch poisoned = batch;
    for (std::vector<float>* plane :
         {&poisoned.x, &poisoned.y, &poisoned.score}) {
      for (int64_t k = 0; k < dim; ++k) {
        (*plane)[3 * dim + k] = std::numeric_limits<float>::quiet_NaN();
      }
    }
    Advance(batch.steps, dim, batch.score.data(), batch.x.data(),
            batch.y.data());
    Advance(poisoned.steps, dim, poisoned.score.data(), poisoned.x.data(),
            poisoned.y.data());
    for (size_t i = 0; i < batch.x.size(); ++i) {
      if (i / dim == 3) continue;
      EXPECT_EQ(batch.x[i], poisoned.x[i]);
      EXPECT_EQ(batch.y[i], poisoned.y[i]);
    }
  }
}

TEST(AdvanceTest, RowsWithoutACompanionNeverReadTheirPlaneOfIt) {
  Batch batch(2, 65);
  batch.WithoutCompanions();
  Batch null = batch;
  for (float& y : batch.y) y = std::numeric_limits<float>::quiet_NaN();
  batch.Run(AdvanceVariants()[0], true);
  null.Run(AdvanceVariants()[0], false);
  EXPECT_TRUE(SameBits(batch.x, null.x));
}

TEST(AdvanceTest, DefaultStepLeavesTheRowWhereItIs) {
  Batch batch(8, 7);
  const Batch before = batch;
  for (RowStep& step : batch.steps) step = RowStep();
  batch.Run(AdvanceVariants()[0], true);
  EXPECT_TRUE(SameBits(batch.x, before.x));
  EXPECT_TRUE(SameBits(batch.y, before.y));
}

TEST(AdvanceTest, NoRowsIsFine) { Advance({}, 64, nullptr, nullptr, nullptr); }

}  // namespace
}  // namespace scoreserve
