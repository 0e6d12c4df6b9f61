#include "models/samplers/kernel.h"

#include <vector>

#include "absl/types/span.h"

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

absl::Span<const Kernel* const> Kernels() {
  static const auto& kernels = *new std::vector<const Kernel*>(Supported());
  return kernels;
}

}  // namespace scoreserve
