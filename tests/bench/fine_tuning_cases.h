#ifndef SCORESERVE_TESTS_BENCH_FINE_TUNING_CASES_H_
#define SCORESERVE_TESTS_BENCH_FINE_TUNING_CASES_H_

#include <vector>

#include "tests/bench/report.h"

namespace scoreserve::bench {

// A job on the benchmark's network beside 8 clients of 64 rows that never stop
// asking: what it gets of the device, and what that costs them, in windows that
// alternate between the job running and paused.
std::vector<Figure> FineTuningShare();

// Versions that such a job publishes under the same load: queries that failed,
// and the longest reply around a swap.
std::vector<Figure> FineTuningSwaps();

// A model of two modes at ±1.5, fine-tuned on rows whose modes lie at ±2.5, on
// a device that nobody else asks: the error of the version in service under the
// new law, by quadrature, and what it took.
std::vector<Figure> FineTuningToNewLaw();

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_FINE_TUNING_CASES_H_
