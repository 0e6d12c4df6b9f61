#ifndef SCORESERVE_TESTS_BENCH_OVERLOAD_CASE_H_
#define SCORESERVE_TESTS_BENCH_OVERLOAD_CASE_H_

#include <vector>

#include "server/engine/engine.h"
#include "tests/bench/report.h"

namespace scoreserve::bench {

// Requests with a deadline, for samples and then for scores, arrive at twice
// the rate that the device can serve, whatever becomes of the earlier ones: how
// many of the accepted are in time, and how much of what the device can do is
// done in time.
std::vector<Figure> Overload(Engine& engine, at::Device device = at::kCPU);

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_OVERLOAD_CASE_H_
