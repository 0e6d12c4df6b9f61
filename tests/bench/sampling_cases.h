#ifndef SCORESERVE_TESTS_BENCH_SAMPLING_CASES_H_
#define SCORESERVE_TESTS_BENCH_SAMPLING_CASES_H_

#include <vector>

#include "tests/bench/report.h"
#include "tests/bench/rig.h"

namespace scoreserve::bench {

// One row, 1,000 steps, over the wire: against the loop in process, and against
// a client that steps by itself over Score.
std::vector<Figure> OneLongSampler(Rig& rig);

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_SAMPLING_CASES_H_
