#include "models/samplers/kernel.h"

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

std::vector<const Kernel*> Supported() {
  std::vector<const Kernel*> kernels;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    kernels.push_back(&kAvx512Kernel);
  }
  if (__builtin_cpu_supports("avx2")) kernels.push_back(&kAvx2Kernel);
#endif
  kernels.push_back(&kBaselineKernel);
  return kernels;
}

}  // namespace

void CounterTile::Append(const NoiseKey& key, int64_t first, int64_t count) {
  const uint32_t low = static_cast<uint32_t>(key.seed);
  const uint32_t high = static_cast<uint32_t>(key.seed >> 32);
  const int64_t at = size;
  for (int64_t i = 0; i < count; ++i) {
    index[at + i] = static_cast<uint32_t>(first + i);
    step[at + i] = key.step;
    row[at + i] = key.row;
    seed_low[at + i] = low;
    seed_high[at + i] = high;
  }
  size += count;
}

absl::Span<const Kernel* const> Kernels() {
  static const auto& kernels = *new std::vector<const Kernel*>(Supported());
  return kernels;
}

}  // namespace scoreserve
