#include "models/samplers/noise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <set>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;

constexpr NoiseKey kSeedOne = {.seed = 1, .step = 0, .row = 0};

std::vector<float> Normals(const NoiseKey& first, Purpose purpose, int64_t rows,
                           int64_t dim) {
  std::vector<float> normals(rows * dim);
  FillNormals(first, purpose, rows, dim, normals.data());
  return normals;
}

// The words that coordinate k and its partner of the pair are made from.
std::pair<uint32_t, uint32_t> WordsOf(const NoiseKey& key, Purpose purpose,
                                      int64_t k) {
  const auto words = Philox({static_cast<uint32_t>(k / 4), key.step, key.row,
                             static_cast<uint32_t>(purpose)},
                            key.seed);
  return {words[k % 4 / 2 * 2], words[k % 4 / 2 * 2 + 1]};
}

// Coordinate k as noise.h defines it, in double.
double ExactNormal(const NoiseKey& key, Purpose purpose, int64_t k) {
  const auto [first, second] = WordsOf(key, purpose, k);
  const double u = (first + 0.5) * 0x1p-32, v = (second + 0.5) * 0x1p-32;
  const double angle = 2.0 * std::numbers::pi * v;
  return std::sqrt(-2.0 * std::log(u)) *
         (k % 2 == 0 ? std::cos(angle) : std::sin(angle));
}

TEST(PhiloxTest, AgreesWithTheVectorsThatItsAuthorsPublished) {
  EXPECT_THAT(Philox({0, 0, 0, 0}, 0),
              ElementsAre(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
  EXPECT_THAT(Philox({~0u, ~0u, ~0u, ~0u}, ~uint64_t{0}),
              ElementsAre(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd));
  EXPECT_THAT(Philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                     0x299f31d0a4093822),
              ElementsAre(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

// What seed 1 gives, for whoever wants to draw the same numbers elsewhere.
TEST(NoiseTest, TheFirstWordsAndNormalsOfSeedOneNeverChange) {
  EXPECT_THAT(Philox({0, 0, 0, 0}, 1),
              ElementsAre(0xe3e80670, 0xe50a0ebc, 0x95f222c0, 0xb615aa27));
  EXPECT_THAT(Philox({1, 0, 0, 0}, 1),
              ElementsAre(0xac08141b, 0xdfc5ccbe, 0x79c07a47, 0xa7f66093));
  EXPECT_THAT(
      Normals(kSeedOne, Purpose::kStep, 1, 8),
      ElementsAre(0.380400747f, -0.296277881f, -0.24923344f, -1.00383723f,
                  0.62694788f, -0.63398385f, -0.678271532f, -1.0130806f));
}

TEST(NoiseTest, NormalsAreThoseOfTheirWordsToTheAccuracyOfAFloat) {
  constexpr int64_t kRows = 2000, kDim = 130;
  const NoiseKey first = {.seed = 0x123456789abcdef, .step = 7, .row = 40};
  const std::vector<float> normals =
      Normals(first, Purpose::kObjective, kRows, kDim);
  for (int64_t i = 0; i < kRows * kDim; ++i) {
    NoiseKey key = first;
    key.row += i / kDim;
    const double exact = ExactNormal(key, Purpose::kObjective, i % kDim);
    ASSERT_NEAR(normals[i], exact, 5e-7 * std::abs(exact)) << i;
  }
}

TEST(NoiseTest, AMillionNormalsHaveTheMomentsAndTheLawOfANormal) {
  constexpr int64_t kCount = 1'000'000;
  std::vector<float> z = Normals(kSeedOne, Purpose::kStart, 1000, 1000);
  double sum = 0, squares = 0, cubes = 0, fourths = 0, neighbours = 0;
  for (int64_t i = 0; i < kCount; ++i) {
    const double square = double{z[i]} * z[i];
    sum += z[i];
    squares += square;
    cubes += square * z[i];
    fourths += square * square;
    neighbours += double{z[i]} * z[i ^ 1];
  }
  const double n = kCount, five = 5.0 / std::sqrt(n);
  EXPECT_LT(std::abs(sum / n), five);
  EXPECT_LT(std::abs(squares / n - 1.0), five * std::sqrt(2.0));
  EXPECT_LT(std::abs(cubes / n), five * std::sqrt(15.0));
  EXPECT_LT(std::abs(fourths / n - 3.0), five * std::sqrt(96.0));
  // Each pair is counted twice.
  EXPECT_LT(std::abs(neighbours / n), five * std::sqrt(2.0));

  // Kolmogorov and Smirnov: P(√n·D > 2.74) = 2 exp(−2·2.74²) = 6e-7, that of
  // five standard errors.
  std::sort(z.begin(), z.end());
  double distance = 0;
  for (int64_t i = 0; i < kCount; ++i) {
    const double cdf = 0.5 * std::erfc(-z[i] / std::numbers::sqrt2);
    distance = std::max({distance, cdf - i / n, (i + 1) / n - cdf});
  }
  EXPECT_LT(std::sqrt(n) * distance, 2.74);
}

TEST(NoiseTest, PurposesRowsAndStepsNeverShareABlock) {
  std::set<std::array<float, 4>> blocks;
  int64_t drawn = 0;
  for (const Purpose purpose :
       {Purpose::kStep, Purpose::kStart, Purpose::kUser}) {
    for (uint32_t step = 0; step < 20; ++step) {
      for (uint32_t row = 0; row < 20; ++row) {
        const std::vector<float> z =
            Normals({.seed = 3, .step = step, .row = row}, purpose, 1, 12);
        for (int64_t k = 0; k < 12; k += 4, ++drawn) {
          blocks.insert({z[k], z[k + 1], z[k + 2], z[k + 3]});
        }
      }
    }
  }
  EXPECT_EQ(static_cast<int64_t>(blocks.size()), drawn);
}

TEST(NoiseTest, ARowDoesNotDependOnTheRowsAroundIt) {
  for (const int64_t dim : {1, 2, 3, 5, 64, 65, 1030}) {
    const std::vector<float> together =
        Normals({.seed = 5, .step = 2, .row = 10}, Purpose::kStep, 40, dim);
    std::vector<NoiseKey> backwards;
    for (uint32_t i = 0; i < 40; ++i) {
      backwards.push_back({.seed = 5, .step = 2, .row = 49 - i});
    }
    std::vector<float> reversed(40 * dim);
    FillNormals(backwards, Purpose::kStep, dim, reversed.data());
    for (int64_t i = 0; i < 40; ++i) {
      const NoiseKey key = {
          .seed = 5, .step = 2, .row = static_cast<uint32_t>(10 + i)};
      const size_t bytes = dim * sizeof(float);
      const auto alone = Normals(key, Purpose::kStep, 1, dim);
      EXPECT_EQ(std::memcmp(&together[i * dim], alone.data(), bytes), 0);
      EXPECT_EQ(std::memcmp(&reversed[(39 - i) * dim], alone.data(), bytes), 0);
    }
  }
}

TEST(NoiseTest, WritesNothingButItsOwnRows) {
  std::vector<float> guarded(3 * 5 + 2, -9.0f);
  FillNormals(kSeedOne, Purpose::kUser, 3, 5, guarded.data() + 1);
  EXPECT_EQ(guarded.front(), -9.0f);
  EXPECT_EQ(guarded.back(), -9.0f);
  FillNormals(kSeedOne, Purpose::kUser, 0, 5, nullptr);
  FillNormals(kSeedOne, Purpose::kUser, 5, 0, nullptr);
}

TEST(NoiseTest, UniformsAreTheirWordsPlusAHalf) {
  constexpr int64_t kRows = 3, kDim = 6;
  std::vector<double> uniforms(kRows * kDim);
  FillUniforms(kSeedOne, Purpose::kBatch, kRows, kDim, uniforms.data());
  for (uint32_t row = 0; row < kRows; ++row) {
    for (uint32_t k = 0; k < kDim; ++k) {
      const auto words = Philox({k / 4, 0, row, 2}, 1);
      EXPECT_EQ(uniforms[row * kDim + k], (words[k % 4] + 0.5) / 4294967296.0);
    }
  }
}

TEST(NoiseTest, UniformsHaveTheirMoments) {
  constexpr int64_t kCount = 200'000;
  std::vector<double> u(kCount);
  FillUniforms(kSeedOne, Purpose::kUser, kCount / 100, 100, u.data());
  double sum = 0, squares = 0;
  for (const double value : u) {
    ASSERT_GT(value, 0.0);
    ASSERT_LT(value, 1.0);
    sum += value - 0.5;
    squares += (value - 0.5) * (value - 0.5);
  }
  const double n = kCount;
  EXPECT_LT(std::abs(sum / n), 5.0 * std::sqrt(1.0 / 12.0 / n));
  EXPECT_LT(std::abs(squares / n - 1.0 / 12.0),
            5.0 * std::sqrt(1.0 / 180.0 / n));
}

}  // namespace
}  // namespace scoreserve
