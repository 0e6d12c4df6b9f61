// The test of the Metropolis-adjusted Langevin algorithm (Roberts and Tweedie
// 1996).

#ifndef SCORESERVE_MODELS_SAMPLERS_METROPOLIS_H_
#define SCORESERVE_MODELS_SAMPLERS_METROPOLIS_H_

#include <cstdint>
#include <limits>

#include "models/samplers/advance.h"

namespace scoreserve {

// One row between two visits: x [dim] is the proposal that was made from the
// current point y [dim], whose score and energy are held. `score` [dim] and
// `energy` were just evaluated at x. All pointers are to this row.
struct MetropolisRow {
  int64_t dim = 0;
  float* x = nullptr;
  float* y = nullptr;
  float* held_score = nullptr;
  double* held_energy = nullptr;
  float* score = nullptr;
  double energy = 0.0;
};

// The energy held before the first visit: the first proposal, the start itself,
// is always accepted.
inline constexpr double kNoEnergy = std::numeric_limits<double>::infinity();

// log A of the proposal x from y under step size h,
//
//   E(y) − E(x) − ½(x−y)·(s(y)+s(x)) + (h/4)(‖s(y)‖² − ‖s(x)‖²),
//
// of its terms: energy_fall = E(y) − E(x), pull = (x−y)·(s(y)+s(x)) and
// norm_fall = ‖s(y)‖² − ‖s(x)‖².
inline double LogAcceptance(double energy_fall, double pull, double norm_fall,
                            double h) {
  return energy_fall - 0.5 * pull + 0.25 * h * norm_fall;
}

// The same of a row.
double LogAcceptance(const MetropolisRow& row, double h);

// Accepts x where log U < log A, U from Purpose::kMetropolis under step.noise;
// an energy or a score that is not finite rejects. Afterwards x and y are both
// the current point, and `score`, held_score and held_energy belong to it.
// Returns whether it was accepted.
bool MetropolisTest(const RowStep& step, const MetropolisRow& row);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_METROPOLIS_H_
