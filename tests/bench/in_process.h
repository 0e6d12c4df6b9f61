// The math alone, called directly on one thread, on the device where the
// network's weights lie: what the served figures are held against.

#ifndef SCORESERVE_TESTS_BENCH_IN_PROCESS_H_
#define SCORESERVE_TESTS_BENCH_IN_PROCESS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "c10/core/Device.h"
#include "models/samplers/advance.h"
#include "models/samplers/sampler.h"
#include "server/engine/model_snapshot.h"

namespace scoreserve::bench {

inline constexpr int64_t kDim = 64;

// The benchmark's network, 64-256-256-64 with seeded weights.
std::shared_ptr<const ModelSnapshot> BenchModel(int64_t max_batch_rows,
                                                at::Device device = at::kCPU);

// Rows a second of the network alone, `rows` rows a call, for about `seconds`.
double InProcessRate(const ModelSnapshot& model, int64_t rows, double seconds);

// Langevin with a step size that keeps the rows finite.
std::shared_ptr<const SamplerPlan> LangevinPlan(int64_t steps);

// Langevin's steps for `rows` rows, every fourth of which begins another
// request.
std::vector<RowStep> LangevinRows(int64_t rows);

// Seconds of a row-step in the simplest loop over these rows: one forward, one
// MoveRows(), or AdvanceTensors() where that is not the processor, nothing
// else, `passes` times. None may be of kind kMetropolis.
double LoopSecondsPerRowStep(const ModelSnapshot& model,
                             std::vector<RowStep> rows, int64_t passes);

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_IN_PROCESS_H_
