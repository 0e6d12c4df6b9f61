#ifndef SCORESERVE_MODELS_DIAGNOSTICS_MOMENTS_H_
#define SCORESERVE_MODELS_DIAGNOSTICS_MOMENTS_H_

#include <cstdint>

namespace scoreserve {

// How many values there were, their mean, and the sum of their squared
// deviations from it. Not sums of squares: those cancel where a mean is large
// beside the deviations.
struct Moments {
  int64_t count = 0;
  double mean = 0.0;
  double deviations = 0.0;
};

// Those of both sets together (Chan, Golub and LeVeque 1983).
inline Moments Merged(const Moments& a, const Moments& b) {
  if (a.count == 0) return b;
  if (b.count == 0) return a;
  const auto of_a = static_cast<double>(a.count);
  const auto of_b = static_cast<double>(b.count);
  const double apart = b.mean - a.mean, share = of_b / (of_a + of_b);
  return {
      .count = a.count + b.count,
      .mean = a.mean + apart * share,
      .deviations = a.deviations + b.deviations + apart * apart * of_a * share};
}

// Consecutive draws of one chain, cut into batches of `length`.
struct Batches {
  int64_t length = 0;
  Moments draws = {};  // All of them.
  Moments means = {};  // The batches' means.
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_DIAGNOSTICS_MOMENTS_H_
