// The two inner loops of noise.cc and advance.cc, compiled once for each
// instruction set. For those two files, and what has to agree with them.

#ifndef SCORESERVE_MODELS_SAMPLERS_KERNEL_H_
#define SCORESERVE_MODELS_SAMPLERS_KERNEL_H_

#include <algorithm>
#include <cstdint>

#include "absl/types/span.h"
#include "models/samplers/advance.h"
#include "models/samplers/noise.h"

namespace scoreserve {

// Philox counters waiting to be turned into normals, of any rows and steps, in
// columns so that a vector holds one word of many. Words have 64 bits of room,
// which is what their products need. Plain data, on a stack.
struct CounterTile {
  // A multiple of what any variant takes at once.
  static constexpr int64_t kBlock = 24;
  static constexpr int64_t kCapacity = 10 * kBlock;

  // Appends the counters first, first + 1, … of `key`. Requires that they fit.
  void Append(const NoiseKey& key, int64_t first, int64_t count) {
    for (const int64_t end = size + count; size < end; ++size, ++first) {
      index[size] = static_cast<uint32_t>(first);
      step[size] = key.step;
      row[size] = key.row;
      seed_low[size] = static_cast<uint32_t>(key.seed);
      seed_high[size] = static_cast<uint32_t>(key.seed >> 32);
    }
  }

  // Fills up the last block, with counters that do not count.
  void Pad() {
    const int64_t own = size;
    Append({}, 0, (kBlock - size % kBlock) % kBlock);
    size = own;
  }

  alignas(64) uint64_t index[kCapacity];  // ⌊coordinate/4⌋.
  alignas(64) uint64_t step[kCapacity];
  alignas(64) uint64_t row[kCapacity];
  alignas(64) uint64_t seed_low[kCapacity];
  alignas(64) uint64_t seed_high[kCapacity];
  Purpose purpose = Purpose::kStep;
  int64_t size = 0;
};

// A piece of a row-major [rows, dim] whose counters fit a CounterTile: whole
// rows, or of wide rows some columns of one.
struct Patch {
  int64_t dim = 0;
  int64_t first_row = 0, rows = 0;
  int64_t first_column = 0, columns = 0;

  int64_t first_counter() const { return first_column / 4; }
  int64_t counters() const { return (columns + 3) / 4; }  // Of each row.
};

// Calls visit(patch) for patches that cover [rows, dim], each element once.
template <typename Visit>
void ForEachPatch(int64_t rows, int64_t dim, Visit visit) {
  const int64_t width = std::min((dim + 3) / 4, CounterTile::kCapacity);
  if (width == 0) return;
  const int64_t height = CounterTile::kCapacity / width;
  for (int64_t row = 0; row < rows; row += height) {
    for (int64_t column = 0; column < dim; column += 4 * width) {
      visit(Patch{.dim = dim,
                  .first_row = row,
                  .rows = std::min(height, rows - row),
                  .first_column = column,
                  .columns = std::min(4 * width, dim - column)});
    }
  }
}

// Inlined by force: each variant must have its own copy.
[[gnu::always_inline]] inline bool DrawsNoise(const RowStep& row) {
  return row.xz != 0.0f || row.yz != 0.0f;
}
[[gnu::always_inline]] inline bool HasCompanion(const RowStep& row) {
  return row.xy != 0.0f || row.yx != 0.0f || row.yy != 1.0f || row.ys != 0.0f ||
         row.yz != 0.0f;
}

// One compiled variant. All of them give the same bits.
struct Kernel {
  const char* name;

  // Writes the four normals of each counter to z, in order. Requires a padded
  // tile; z has room for 4 · kCapacity.
  void (*normals)(const CounterTile& tile, float* z);

  // Advance() inside `patch`; the pointers are those of the whole. z holds the
  // noise of the patch's rows that draw any, in order, 4 · counters() apart.
  void (*update)(const Patch& patch, const RowStep* steps, const float* z,
                 const float* score, float* x, float* y);
};

// Those that this processor can run, best first; never empty.
absl::Span<const Kernel* const> Kernels();

// All that were compiled.
extern const Kernel kBaselineKernel;
#if defined(__x86_64__)
extern const Kernel kAvx2Kernel;
extern const Kernel kAvx512Kernel;
#endif

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_KERNEL_H_
