// Requests: all alike, and as different as they come.

#ifndef SCORESERVE_TESTS_BENCH_MIX_H_
#define SCORESERVE_TESTS_BENCH_MIX_H_

#include <cstdint>
#include <string>
#include <vector>

#include "models/samplers/advance.h"
#include "tests/bench/closed_loop.h"

namespace scoreserve::bench {

// The zoo's digits: a network of the noise level, which most samplers take.
std::shared_ptr<const ModelSnapshot> DigitsModel(int64_t max_batch_rows,
                                                 at::Device device);

// `count` requests of `rows` rows and `steps` steps of Langevin.
std::vector<Ask> LangevinAsks(const std::shared_ptr<const ModelSnapshot>& model,
                              int count, int64_t rows, int64_t steps);

// `count` requests that take turns through every sampler that runs on `model`,
// each of 20 to 1,000 steps, evenly in the logarithm, and of `least` to `most`
// rows, evenly.
std::vector<Ask> MixedAsks(const std::shared_ptr<const ModelSnapshot>& model,
                           int count, int64_t least, int64_t most);

// The samplers of MixedAsks().
std::string MixedSamplers(const ModelSnapshot& model);

// A step from the middle of each request, row after row and round and round,
// until there are `count` rows.
std::vector<RowStep> RowsOf(const std::vector<Ask>& asks, int64_t count);

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_MIX_H_
