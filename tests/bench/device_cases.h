// How close the engine comes to what its device can do, at the sizes of a GPU.

#ifndef SCORESERVE_TESTS_BENCH_DEVICE_CASES_H_
#define SCORESERVE_TESTS_BENCH_DEVICE_CASES_H_

#include <vector>

#include "server/engine/engine.h"
#include "tests/bench/report.h"

namespace scoreserve::bench {

// A perceptron of three layers of 1,024 units over 64 numbers, and a U-Net of
// 8 × 8 images: passes of 4,096 rows replayed without an engine; against them
// four clients that ask for 4,096 scores, and 4,096 rows of Langevin. On a
// processor 64 rows, and fewer steps. `device` is the engine's.
std::vector<Figure> DeviceLimits(Engine& engine, at::Device device);

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_DEVICE_CASES_H_
