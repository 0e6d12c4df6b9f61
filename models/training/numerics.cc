#include "models/training/numerics.h"

#include <string>

#include "ATen/Version.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "torch/headeronly/version.h"

namespace scoreserve {
namespace {

// The mathematics library takes other code on processors of another maker.
absl::string_view Maker() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_is("intel")) return "intel";
  if (__builtin_cpu_is("amd")) return "amd";
#endif
  return "other";
}

}  // namespace

std::string ProcessorNumerics() {
  return absl::StrCat("libtorch ", TORCH_VERSION, ", cpu ", Maker(), " ",
                      at::get_cpu_capability());
}

}  // namespace scoreserve
