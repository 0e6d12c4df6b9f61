#include "models/samplers/noise.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "absl/types/span.h"
#include "models/samplers/kernel.h"

namespace scoreserve {
namespace {

// FillNormals() with the key of row i from key_of(i).
template <typename KeyOf>
void Fill(KeyOf key_of, Purpose purpose, int64_t rows, int64_t dim,
          float* out) {
  const Kernel& kernel = *Kernels().front();
  CounterTile tile;
  tile.purpose = purpose;
  float z[4 * CounterTile::kCapacity];
  ForEachPatch(rows, dim, [&](const Patch& patch) {
    tile.size = 0;
    for (int64_t i = 0; i < patch.rows; ++i) {
      tile.Append(key_of(patch.first_row + i), patch.first_counter(),
                  patch.counters());
    }
    tile.Pad();
    kernel.normals(tile, z);
    for (int64_t i = 0; i < patch.rows; ++i) {
      std::memcpy(out + (patch.first_row + i) * dim + patch.first_column,
                  z + i * 4 * patch.counters(), patch.columns * sizeof(float));
    }
  });
}

NoiseKey RowAfter(const NoiseKey& first, int64_t rows) {
  return {.seed = first.seed,
          .step = first.step,
          .row = first.row + static_cast<uint32_t>(rows)};
}

}  // namespace

std::array<uint32_t, 4> Philox(const std::array<uint32_t, 4>& counter,
                               uint64_t key) {
  std::array<uint32_t, 4> c = counter;
  uint32_t low = static_cast<uint32_t>(key);
  uint32_t high = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53} * c[0];
    const uint64_t p1 = uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<uint32_t>(p1 >> 32) ^ c[1] ^ low,
         static_cast<uint32_t>(p1),
         static_cast<uint32_t>(p0 >> 32) ^ c[3] ^ high,
         static_cast<uint32_t>(p0)};
    low += 0x9E3779B9;
    high += 0xBB67AE85;
  }
  return c;
}

void FillNormals(absl::Span<const NoiseKey> keys, Purpose purpose, int64_t dim,
                 float* out) {
  Fill([keys](int64_t row) { return keys[row]; }, purpose, keys.size(), dim,
       out);
}

void FillNormals(const NoiseKey& first, Purpose purpose, int64_t rows,
                 int64_t dim, float* out) {
  Fill([&first](int64_t row) { return RowAfter(first, row); }, purpose, rows,
       dim, out);
}

void FillUniforms(const NoiseKey& first, Purpose purpose, int64_t rows,
                  int64_t dim, double* out) {
  for (int64_t row = 0; row < rows; ++row) {
    const NoiseKey key = RowAfter(first, row);
    for (int64_t k = 0; k < dim; k += 4) {
      const std::array<uint32_t, 4> words =
          Philox({static_cast<uint32_t>(k / 4), key.step, key.row,
                  static_cast<uint32_t>(purpose)},
                 key.seed);
      for (int64_t i = 0; i < std::min<int64_t>(4, dim - k); ++i) {
        *out++ = (words[i] + 0.5) * 0x1p-32;
      }
    }
  }
}

}  // namespace scoreserve
