#include "server/engine/numerics.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "models/training/numerics.h"

namespace scoreserve {

std::string CpuNumerics(int threads, int64_t deterministic_rows) {
  return absl::StrCat(ProcessorNumerics(), ", ", threads,
                      threads == 1 ? " thread" : " threads", ", ",
                      deterministic_rows, " rows, float32");
}

}  // namespace scoreserve
