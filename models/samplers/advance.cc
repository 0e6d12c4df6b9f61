#include "models/samplers/advance.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "absl/types/span.h"
#include "models/samplers/kernel.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

void AdvanceOn(const Kernel& kernel, absl::Span<const RowStep> steps,
               int64_t dim, const float* score, float* x, float* y) {
  CounterTile tile;
  tile.purpose = Purpose::kStep;
  float z[4 * CounterTile::kCapacity];
  ForEachPatch(steps.size(), dim, [&](const Patch& patch) {
    tile.size = 0;
    for (const RowStep& row : steps.subspan(patch.first_row, patch.rows)) {
      if (!DrawsNoise(row)) continue;
      tile.Append(row.noise, patch.first_counter(), patch.counters());
    }
    tile.Pad();
    kernel.normals(tile, z);
    kernel.update(patch, steps.data(), z, score, x, y);
  });
}

std::vector<const char*> Names() {
  std::vector<const char*> names;
  for (const Kernel* kernel : Kernels()) names.push_back(kernel->name);
  return names;
}

}  // namespace

RowStep ToRowStep(const Step& step, const NoiseKey& noise) {
  const auto narrow = [](double value) { return static_cast<float>(value); };
  return {.xx = narrow(step.xx),
          .xy = narrow(step.xy),
          .xs = narrow(step.xs),
          .xz = narrow(step.xz),
          .yx = narrow(step.yx),
          .yy = narrow(step.yy),
          .ys = narrow(step.ys),
          .yz = narrow(step.yz),
          .noise = noise,
          .kind = step.kind,
          .parameter = narrow(step.parameter)};
}

void Advance(absl::Span<const RowStep> steps, int64_t dim, const float* score,
             float* x, float* y) {
  AdvanceOn(*Kernels().front(), steps, dim, score, x, y);
}

absl::Span<const char* const> AdvanceVariants() {
  static const auto& names = *new std::vector<const char*>(Names());
  return names;
}

void AdvanceWith(const char* variant, absl::Span<const RowStep> steps,
                 int64_t dim, const float* score, float* x, float* y) {
  for (const Kernel* kernel : Kernels()) {
    if (std::strcmp(kernel->name, variant) == 0) {
      AdvanceOn(*kernel, steps, dim, score, x, y);
      return;
    }
  }
  std::abort();
}

}  // namespace scoreserve
