#ifndef SCORESERVE_TESTS_BENCH_START_CASE_H_
#define SCORESERVE_TESTS_BENCH_START_CASE_H_

#include <vector>

#include "tests/bench/report.h"

namespace scoreserve::bench {

// From starting the server's program with the zoo to its word that it is ready.
std::vector<Figure> StartTime();

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_START_CASE_H_
