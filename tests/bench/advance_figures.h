#ifndef SCORESERVE_TESTS_BENCH_ADVANCE_FIGURES_H_
#define SCORESERVE_TESTS_BENCH_ADVANCE_FIGURES_H_

#include <vector>

#include "tests/bench/report.h"

namespace scoreserve::bench {

// Advance() with its noise on one core, an element, in the variant that AVX2
// processors get; the best variant of this one beside it.
std::vector<Figure> AdvanceFigures();

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_ADVANCE_FIGURES_H_
