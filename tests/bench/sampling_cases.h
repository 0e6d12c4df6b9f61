#ifndef SCORESERVE_TESTS_BENCH_SAMPLING_CASES_H_
#define SCORESERVE_TESTS_BENCH_SAMPLING_CASES_H_

#include <vector>

#include "tests/bench/report.h"
#include "tests/bench/rig.h"

namespace scoreserve::bench {

// 64 requests of 4 rows x 100 steps, each that ends replaced: what a row-step
// costs the device loop against the best loop over the same 256 rows.
std::vector<Figure> ManySmallSamplers(Rig& rig);

// One row, 1,000 steps, over the wire: against the loop in process, and against
// a client that steps by itself over Score.
std::vector<Figure> OneLongSampler(Rig& rig);

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_SAMPLING_CASES_H_
