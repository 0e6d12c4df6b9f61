// What kernel_inl.h does for many counters at once, for one: the same integer
// arithmetic, and the same + − × ÷ √ of float32 in the same order, none of it
// fused. For processors that have a thread for each, on which it gives the same
// bits; a test holds the two together.

#ifndef SCORESERVE_MODELS_SAMPLERS_ROW_MATH_H_
#define SCORESERVE_MODELS_SAMPLERS_ROW_MATH_H_

#include <bit>
#include <cmath>
#include <cstdint>

#include "models/samplers/advance.h"
#include "models/samplers/noise.h"

#ifdef __CUDACC__
#define SCORESERVE_ANYWHERE __host__ __device__ inline
#else
#define SCORESERVE_ANYWHERE inline
#endif

namespace scoreserve::row_math {

SCORESERVE_ANYWHERE float ToFloat(uint32_t bits) {
#ifdef __CUDA_ARCH__
  return __uint_as_float(bits);
#else
  return std::bit_cast<float>(bits);
#endif
}

SCORESERVE_ANYWHERE uint32_t ToBits(float value) {
#ifdef __CUDA_ARCH__
  return __float_as_uint(value);
#else
  return std::bit_cast<uint32_t>(value);
#endif
}

struct Words {
  uint32_t w[4];
};

// Philox(), of coordinates 4·index … 4·index + 3.
SCORESERVE_ANYWHERE Words WordsOf(const NoiseKey& key, uint32_t index,
                                  Purpose purpose) {
  uint32_t c0 = index, c1 = key.step, c2 = key.row;
  uint32_t c3 = static_cast<uint32_t>(purpose);
  uint32_t low = static_cast<uint32_t>(key.seed);
  uint32_t high = static_cast<uint32_t>(key.seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53u} * c0;
    const uint64_t p1 = uint64_t{0xCD9E8D57u} * c2;
    c0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ low;
    c1 = static_cast<uint32_t>(p1);
    c2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ high;
    c3 = static_cast<uint32_t>(p0);
    low += 0x9E3779B9u;
    high += 0xBB67AE85u;
  }
  return {{c0, c1, c2, c3}};
}

SCORESERVE_ANYWHERE float Radius(uint32_t w) {
  const auto upper = static_cast<uint32_t>(static_cast<int32_t>(w) >> 31);
  const float end =
      (static_cast<float>(static_cast<int32_t>(w ^ upper)) + 0.5f) * 0x1p-32f;
  const uint32_t u = ToBits(upper != 0 ? 1.0f - end : end);
  const int32_t exponent = static_cast<int32_t>(u - 0x3F3504F3u) >> 23;
  const float mantissa = ToFloat(u - (static_cast<uint32_t>(exponent) << 23));
  const float f = exponent == 0 ? -end : mantissa - 1.0f;
  const float s = f / (f + 2.0f), z = s * s;
  const float q = (0.591598988535f * z + 0.799775611295f) * z + 1.33333370079f;
  return sqrtf(static_cast<float>(exponent) * -1.38629436112f -
               s * (q * z + 4.0f));
}

SCORESERVE_ANYWHERE void SineAndCosine(uint32_t w, float& sine, float& cosine) {
  const float x =
      static_cast<float>(static_cast<int32_t>(w << 2 | 2u)) * 0x1.921fb6p-32f;
  const uint32_t turns = w + 0x20000000u;
  const float z = x * x;
  const float p = (-1.9515295891e-4f * z + 8.3321608736e-3f) * z;
  const float sx = (p - 1.6666654611e-1f) * z * x + x;
  const float q = (2.443315711809948e-5f * z - 1.388731625493765e-3f) * z;
  const float cx = (q + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
  const bool odd = (turns << 1 & 0x80000000u) != 0;
  const uint32_t sign = 0x80000000u;
  sine = ToFloat(ToBits(odd ? cx : sx) ^ (turns & sign));
  cosine = ToFloat(ToBits(odd ? sx : cx) ^ ((turns ^ turns << 1) & sign));
}

// The normals of those four coordinates.
struct Normals {
  float z[4];
};
SCORESERVE_ANYWHERE Normals NormalsOf(const NoiseKey& key, uint32_t index,
                                      Purpose purpose) {
  const Words words = WordsOf(key, index, purpose);
  Normals normals;
  for (int pair = 0; pair < 4; pair += 2) {
    const float radius = Radius(words.w[pair]);
    float sine, cosine;
    SineAndCosine(words.w[pair + 1], sine, cosine);
    normals.z[pair] = radius * cosine;
    normals.z[pair + 1] = radius * sine;
  }
  return normals;
}

SCORESERVE_ANYWHERE bool RowDrawsNoise(const RowStep& row) {
  return row.xz != 0.0f || row.yz != 0.0f;
}
SCORESERVE_ANYWHERE bool RowHasCompanion(const RowStep& row) {
  return row.xy != 0.0f || row.yx != 0.0f || row.yy != 1.0f || row.ys != 0.0f ||
         row.yz != 0.0f;
}

// Advance() of one coordinate; y is null where the row has no companion.
// Returns the new x.
SCORESERVE_ANYWHERE float Move(const RowStep& row, bool noise, float z, float s,
                               float* x, float* y) {
  const float old_x = *x;
  float next = row.xx * old_x;
  if (y != nullptr) next += row.xy * *y;
  next += row.xs * s;
  if (noise) next += row.xz * z;
  if (y != nullptr) {
    float next_y = row.yx * old_x + row.yy * *y + row.ys * s;
    if (noise) next_y += row.yz * z;
    *y = next_y;
  }
  *x = next;
  return next;
}

}  // namespace scoreserve::row_math

#endif  // SCORESERVE_MODELS_SAMPLERS_ROW_MATH_H_
