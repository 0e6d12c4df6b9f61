// What a step table does to a Gaussian, exactly, and to one row of other data.

#ifndef SCORESERVE_TESTS_MODELS_SAMPLERS_GAUSSIAN_CHAIN_H_
#define SCORESERVE_TESTS_MODELS_SAMPLERS_GAUSSIAN_CHAIN_H_

#include <cmath>
#include <cstdint>
#include <functional>

#include "models/samplers/step_table.h"

namespace scoreserve {

// Mean and covariance of a row's position x and companion y.
struct Moments {
  double x = 0.0, y = 0.0;
  double xx = 0.0, xy = 0.0, yy = 0.0;
};

// One step of rows whose score is −x/variance: a linear map and noise.
inline Moments MomentsAfterStep(const Step& step, double variance,
                                const Moments& m) {
  const double a = step.xx - step.xs / variance, b = step.xy;
  const double c = step.yx - step.ys / variance, d = step.yy;
  return {.x = a * m.x + b * m.y,
          .y = c * m.x + d * m.y,
          .xx = a * a * m.xx + 2.0 * a * b * m.xy + b * b * m.yy +
                step.xz * step.xz,
          .xy = a * c * m.xx + (a * d + b * c) * m.xy + b * d * m.yy +
                step.xz * step.yz,
          .yy = c * c * m.xx + 2.0 * c * d * m.xy + d * d * m.yy +
                step.yz * step.yz};
}

// The variance of the noised data at a label.
using VarianceAt = std::function<double(double label)>;

// After steps [begin, end) of `table`. No sampling.
inline Moments MomentsAfter(const StepTable& table, const VarianceAt& variance,
                            Moments moments, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; ++i) {
    const Step& step = table.At(i);
    moments = MomentsAfterStep(step, variance(step.label), moments);
  }
  return moments;
}

// The variance of x after steps [begin, end) of `table`, for rows N(0, start)
// and data N(0, variance). A label is a noise level where `noised`, else it has
// no meaning.
inline double VarianceAfter(const StepTable& table, double variance,
                            double start, bool noised, int64_t begin,
                            int64_t end) {
  const auto at = [&](double label) {
    return variance + (noised ? label * label : 0.0);
  };
  return MomentsAfter(table, at, {.xx = start}, begin, end).xx;
}

// The score at a point and a label.
using ScoreAt = std::function<double(double x, double label)>;

// Where one row ends that starts at x and draws no noise.
inline double EndOf(const StepTable& table, const ScoreAt& score, double x) {
  double y = 0.0;
  for (int64_t i = 0; i < table.num_steps(); ++i) {
    const Step& step = table.At(i);
    const double s = score(x, step.label), before = x;
    x = step.xx * before + step.xy * y + step.xs * s;
    y = step.yx * before + step.yy * y + step.ys * s;
  }
  return x;
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_MODELS_SAMPLERS_GAUSSIAN_CHAIN_H_
