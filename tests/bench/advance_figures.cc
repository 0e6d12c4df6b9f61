#include "tests/bench/advance_figures.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include "models/samplers/advance.h"
#include "tests/bench/advance_cases.h"

namespace scoreserve::bench {
namespace {

Figure OneCase(const char* variant, int64_t rows, int64_t dim, double bar) {
  const AdvanceCase measured =
      MeasureAdvance(variant, rows, dim, /*companion=*/false);
  return {.name = measured.name,
          .value = measured.median_ns,
          .unit = "ns/elem",
          .reference = "noise included, one core",
          .ratio = {},
          .at_least = {},
          .at_most = bar};
}

}  // namespace

std::vector<Figure> AdvanceFigures() {
  std::vector<Figure> figures;
  for (const char* variant : AdvanceVariants()) {
    if (std::strcmp(variant, "baseline") == 0) continue;
    figures.push_back(OneCase(variant, 256, 64, 3.3));
    figures.push_back(OneCase(variant, 256, 65, 4.5));
    figures.push_back(OneCase(variant, 8192, 2, 8.0));
  }
  return figures;
}

}  // namespace scoreserve::bench
