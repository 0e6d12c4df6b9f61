// Cases that need the engine alone: many requests for samples at once. `device`
// is the engine's.

#ifndef SCORESERVE_TESTS_BENCH_LOAD_CASES_H_
#define SCORESERVE_TESTS_BENCH_LOAD_CASES_H_

#include <vector>

#include "server/engine/engine.h"
#include "tests/bench/report.h"

namespace scoreserve::bench {

// 64 requests of 4 rows x 100 steps, each that ends replaced: what a row-step
// costs the device loop against the best loop over the same 256 rows.
std::vector<Figure> ManySmallSamplers(Engine& engine,
                                      at::Device device = at::kCPU);

// 64 requests with different samplers, step counts and 1 to 64 rows (mix.h),
// one starting in every pass, each that ends replaced: against the best loop
// over as many rows as were alive.
std::vector<Figure> MixedLoad(Engine& engine, at::Device device = at::kCPU);

// A list of such requests, 64 at a time, against the same one after another.
std::vector<Figure> TogetherAndOneByOne(Engine& engine,
                                        at::Device device = at::kCPU);

// What `deterministic` costs: 64 requests of 4 rows at a time, and one request
// of 1 row, against the same without.
std::vector<Figure> Deterministic(Engine& engine, at::Device device = at::kCPU);

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_LOAD_CASES_H_
