// Samplers whose tables are written by hand, one for each set of planes that
// rows can carry, and requests for them.

#ifndef SCORESERVE_TESTS_SERVER_ENGINE_HAND_MADE_H_
#define SCORESERVE_TESTS_SERVER_ENGINE_HAND_MADE_H_

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/samplers/sampler.h"
#include "server/engine/work.h"

namespace scoreserve {

// 30 steps each, by the planes that they use beside x.
inline std::vector<Phase> HandMade(const std::string& planes) {
  if (planes == "none") {
    return {{.cycle = {{.xs = 0.1, .xz = 0.4}}, .repeats = 20},
            {.cycle = {{.xs = 0.05, .xz = 0.3}, {.xs = 0.02}}, .repeats = 5}};
  }
  if (planes == "companion") {
    return {{.cycle = {{.xy = 0.25,
                        .xs = 0.03,
                        .xz = 0.1,
                        .yy = 0.8,
                        .ys = 0.2,
                        .yz = 0.6}},
             .repeats = 30}};
  }
  constexpr double h = 0.8;  // Metropolis-adjusted Langevin.
  return {{.cycle = {{.xs = h / 2,
                      .xz = std::sqrt(h),
                      .kind = StepKind::kMetropolis,
                      .parameter = h}},
           .repeats = 30}};
}

inline SampleRequest HandMadeRequest(
    const std::shared_ptr<const ModelSnapshot>& model,
    const std::string& planes, int64_t rows, uint64_t seed, SampleSink* sink) {
  SamplerPlan plan = {.table = StepTable(HandMade(planes)),
                      .companion_scale = planes == "companion" ? 1.0 : 0.0};
  SampleRequest request;
  request.model = model;
  request.plan = std::make_shared<const SamplerPlan>(std::move(plan));
  request.rows = rows;
  request.seed = seed;
  request.sink = sink;
  return request;
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SERVER_ENGINE_HAND_MADE_H_
