// What a step table does to a Gaussian, exactly.

#ifndef SCORESERVE_TESTS_MODELS_SAMPLERS_GAUSSIAN_CHAIN_H_
#define SCORESERVE_TESTS_MODELS_SAMPLERS_GAUSSIAN_CHAIN_H_

#include <cstdint>

#include "models/samplers/step_table.h"

namespace scoreserve {

// The variance of x after steps [begin, end) of `table`, for rows N(0, start)
// and data N(0, variance). No sampling: the score at a label is linear, so a
// table without companion is a linear recursion. A label is a noise level where
// `noised`, else it has no meaning.
inline double VarianceAfter(const StepTable& table, double variance,
                            double start, bool noised, int64_t begin,
                            int64_t end) {
  double v = start;
  for (int64_t i = begin; i < end; ++i) {
    const Step& step = table.At(i);
    const double noise = noised ? step.label * step.label : 0.0;
    const double gain = step.xx - step.xs / (variance + noise);
    v = gain * gain * v + step.xz * step.xz;
  }
  return v;
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_MODELS_SAMPLERS_GAUSSIAN_CHAIN_H_
