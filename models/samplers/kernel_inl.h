// The code of one Kernel: included once by each file that names a variant,
// which is compiled with that variant's flags. Everything here has internal
// linkage and calls nothing inline from elsewhere, or the linker might keep the
// AVX-512 copy of a function that everybody uses.
//
// Bits are the same everywhere because every operation is: integer arithmetic,
// and + − × ÷ √ of float32, correctly rounded, in an order that is written down
// and never fused (-ffp-contract=off).

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include <cstdint>
#include <cstring>
#include <utility>

#include "models/samplers/kernel.h"

namespace scoreserve {
namespace {

#if defined(__AVX512F__)
constexpr int kBytes = 64;
#elif defined(__AVX2__)
constexpr int kBytes = 32;
#else
constexpr int kBytes = 16;
#endif
constexpr int kLanes = kBytes / 4;

using F32 = float __attribute__((vector_size(kBytes)));
using I32 = int32_t __attribute__((vector_size(kBytes)));
using U32 = uint32_t __attribute__((vector_size(kBytes)));
using U64 = uint64_t __attribute__((vector_size(kBytes)));

// One word of each of this many counters is a vector of uint64_t, whose upper
// halves may hold anything: the products of Philox are 64 bits wide.
constexpr int kCounters = kLanes / 2;

template <typename Vector>
Vector Load(const void* from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof(vector));
  return vector;
}

template <typename Vector>
void Store(Vector vector, void* to) {
  std::memcpy(to, &vector, sizeof(vector));
}

// The product of the lower halves. (The masks of AVX-512 keep everything:
// without one, gcc 12 warns inside its own header.)
U64 MultiplyLow(U64 a, U64 b) {
#if defined(__AVX512F__)
  return (U64)_mm512_maskz_mul_epu32(0xFF, (__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (U64)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
  return (U64)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
  return (a & 0xFFFFFFFFu) * (b & 0xFFFFFFFFu);
#endif
}

F32 SquareRoot(F32 a) {
#if defined(__AVX512F__)
  return _mm512_maskz_sqrt_ps(0xFFFF, a);
#elif defined(__AVX2__)
  return _mm256_sqrt_ps(a);
#elif defined(__SSE2__)
  return _mm_sqrt_ps(a);
#else
  for (int i = 0; i < kLanes; ++i) a[i] = __builtin_sqrtf(a[i]);
  return a;
#endif
}

F32 ToFloat(I32 a) { return __builtin_convertvector(a, F32); }

// a₀ b₀ a₁ b₁ …, from place `kFirst` on.
template <int kFirst, int... kIndex>
F32 Interleave(F32 a, F32 b, std::integer_sequence<int, kIndex...>) {
  return __builtin_shufflevector(
      a, b, (kIndex % 2 * kLanes + (kFirst + kIndex) / 2)...);
}

// This many vectors of counters at once, because every instruction of a round
// waits for the one before it.
constexpr int kGroups = CounterTile::kBlock / 8;
constexpr U64 kLowHalf = U64{} + 0xFFFFFFFFu;

// Writes a vector of words 0 and 2 of the counters i, i + 1, …, side by side,
// then one of their words 1 and 3, then the same of the next group.
void Philox(const CounterTile& tile, int64_t i, float* out) {
  const U64 purpose = U64{} + static_cast<uint32_t>(tile.purpose);
  U64 w[kGroups][4], low[kGroups], high[kGroups];
  for (int g = 0; g < kGroups; ++g, i += kCounters) {
    w[g][0] = Load<U64>(tile.index + i);
    w[g][1] = Load<U64>(tile.step + i);
    w[g][2] = Load<U64>(tile.row + i);
    w[g][3] = purpose;
    low[g] = Load<U64>(tile.seed_low + i);
    high[g] = Load<U64>(tile.seed_high + i);
  }
  for (int round = 0; round < 10; ++round) {
    for (int g = 0; g < kGroups; ++g) {
      const U64 p0 = MultiplyLow(w[g][0], U64{} + 0xD2511F53u);
      const U64 p1 = MultiplyLow(w[g][2], U64{} + 0xCD9E8D57u);
      w[g][0] = (p1 >> 32) ^ w[g][1] ^ low[g];
      w[g][1] = p1;
      w[g][2] = (p0 >> 32) ^ w[g][3] ^ high[g];
      w[g][3] = p0;
      low[g] += 0x9E3779B9u;
      high[g] += 0xBB67AE85u;
    }
  }
  for (int g = 0; g < kGroups; ++g, out += 2 * kLanes) {
    Store((w[g][0] & kLowHalf) | w[g][2] << 32, out);
    Store((w[g][1] & kLowHalf) | w[g][3] << 32, out + kLanes);
  }
}

// √(−2 ln u) for u = (w + ½)/2³².
F32 Radius(U32 w) {
  // The distance from the nearer end of (0, 1), which a float holds to its last
  // bit where u itself, near 1, would not.
  const U32 upper = (U32)((I32)w >> 31);
  const F32 end = (ToFloat((I32)(w ^ upper)) + 0.5f) * 0x1p-32f;
  const I32 u = (I32)((I32)upper ? 1.0f - end : end);
  // u = 2^exponent · (1 + f), 1 + f between √½ and √2; where the exponent is 0,
  // f = u − 1 is known without the rounding of u.
  const I32 exponent = (u - 0x3F3504F3) >> 23;
  const F32 mantissa = (F32)(u - (I32)((U32)exponent << 23));
  const F32 f = exponent == 0 ? -end : mantissa - 1.0f;
  // −2 ln(1 + f) = −4 artanh(s) = −s·(4 + q(s²)·s²), where q is the minimax
  // polynomial for the s that occur, to a relative 3e-9.
  const F32 s = f / (f + 2.0f), z = s * s;
  const F32 q = (0.591598988535f * z + 0.799775611295f) * z + 1.33333370079f;
  return SquareRoot(ToFloat(exponent) * -1.38629436112f - s * (q * z + 4.0f));
}

// The sine and cosine of 2π(w + ½)/2³².
void SineAndCosine(U32 w, F32& sine, F32& cosine) {
  // An angle x from −π/4 to π/4, plus as many quarter turns as the two highest
  // bits of `turns` say. Polynomials: Moshier's, from Cephes.
  const F32 x = ToFloat((I32)(w << 2 | 2u)) * 0x1.921fb6p-32f;
  const U32 turns = w + 0x20000000u;
  const F32 z = x * x;
  const F32 p = (-1.9515295891e-4f * z + 8.3321608736e-3f) * z;
  const F32 sx = (p - 1.6666654611e-1f) * z * x + x;
  const F32 q = (2.443315711809948e-5f * z - 1.388731625493765e-3f) * z;
  const F32 cx = (q + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
  const I32 odd = (I32)(turns << 1) >> 31;
  const U32 sign = U32{} + 0x80000000u;
  sine = (F32)((U32)(odd ? cx : sx) ^ (turns & sign));
  cosine = (F32)((U32)(odd ? sx : cx) ^ ((turns ^ turns << 1) & sign));
}

// Replaces what Philox() wrote by the normals that are made of it, in the order
// of the coordinates.
void BoxMuller(float* z) {
  const F32 radius = Radius(Load<U32>(z));
  F32 sine, cosine;
  SineAndCosine(Load<U32>(z + kLanes), sine, cosine);
  const F32 even = radius * cosine, odd = radius * sine;
  constexpr auto kAll = std::make_integer_sequence<int, kLanes>();
  Store(Interleave<0>(even, odd, kAll), z);
  Store(Interleave<kLanes>(even, odd, kAll), z + kLanes);
}

void Normals(const CounterTile& tile, float* z) {
  for (int64_t i = 0; i < tile.size; i += kGroups * kCounters) {
    Philox(tile, i, z + 4 * i);
  }
  for (int64_t i = 0; i < tile.size; i += kCounters) BoxMuller(z + 4 * i);
}

// One row. What a row does not use is not even read: a batch-mate's
// not-a-number stays with its owner.
template <bool kNoise, bool kCompanion>
void UpdateRow(const RowStep& row, int64_t count, const float* __restrict z,
               const float* __restrict score, float* __restrict x,
               float* __restrict y) {
  const float xx = row.xx, xy = row.xy, xs = row.xs, xz = row.xz;
  const float yx = row.yx, yy = row.yy, ys = row.ys, yz = row.yz;
  for (int64_t k = 0; k < count; ++k) {
    float next_x = xx * x[k];
    if constexpr (kCompanion) next_x += xy * y[k];
    next_x += xs * score[k];
    if constexpr (kNoise) next_x += xz * z[k];
    if constexpr (kCompanion) {
      float next_y = yx * x[k] + yy * y[k] + ys * score[k];
      if constexpr (kNoise) next_y += yz * z[k];
      y[k] = next_y;
    }
    x[k] = next_x;
  }
}

void Update(const Patch& patch, const RowStep* steps, const float* z,
            const float* score, float* x, float* y) {
  const int64_t columns = patch.columns, stride = (columns + 3) / 4 * 4;
  for (int64_t i = 0; i < patch.rows; ++i) {
    const RowStep& row = steps[patch.first_row + i];
    const int64_t at = (patch.first_row + i) * patch.dim + patch.first_column;
    const bool noise = DrawsNoise(row);
    if (y != nullptr && HasCompanion(row)) {
      const auto update =
          noise ? UpdateRow<true, true> : UpdateRow<false, true>;
      update(row, columns, z, score + at, x + at, y + at);
    } else {
      const auto update =
          noise ? UpdateRow<true, false> : UpdateRow<false, false>;
      update(row, columns, z, score + at, x + at, nullptr);
    }
    if (noise) z += stride;
  }
}

}  // namespace
}  // namespace scoreserve
