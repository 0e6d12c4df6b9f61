// Underdamped (kinetic) Langevin dynamics of unit mass, by two splittings of
// drift A, kick B and Ornstein–Uhlenbeck O: BAOAB (Leimkuhler and Matthews
// 2013) and OBABO (Bussi and Parrinello 2007).

#ifndef SCORESERVE_MODELS_SAMPLERS_UNDERDAMPED_LANGEVIN_H_
#define SCORESERVE_MODELS_SAMPLERS_UNDERDAMPED_LANGEVIN_H_

#include <cstdint>
#include <string>

#include "models/options.h"
#include "models/samplers/sampler.h"
#include "models/samplers/step_table.h"

namespace scoreserve {

struct UnderdampedLangevinOptions {
  double step_size = 0.1;
  int64_t num_steps = 1000;
  std::string integrator = "baoab";
  double friction = 1.0;
  double temperature = 1.0;
  double label = 0.0;
  double start_scale = 1.0;
};

const OptionTable<UnderdampedLangevinOptions>& UnderdampedLangevinOptionTable();

// num_steps steps of one evaluation each: the kick that closes a step and the
// one that opens the next share a score. y is the velocity before its closing
// half kick, x exactly the integrator's. With c = e^(−γh), q = √(T(1 − c²)):
//
//   baoab  xy = h(1+c)/2, xs = h²(1+c)/2, xz = hq/2; yy = c, ys = ch, yz = q;
//          xs and ys halved in the first step
//   obabo  yy = c, ys = h(1+c)/2, yz = q; the first step has c of h/2 and its
//   q,
//          ys = h/2; the line of x is h times that of y, and xx = 1
//
// at a label that stands for `level`. Requires parsed options.
StepTable UnderdampedLangevinSteps(const UnderdampedLangevinOptions& options,
                                   const Level& level = {});

// "underdamped_langevin". Runs on every network; velocities start at N(0, T).
// On data of variance v it needs h < 2√v. The variance of x is then Tv exactly
// (baoab), Tv/(1 − h²/4v) (obabo).
Sampler UnderdampedLangevinSampler();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_UNDERDAMPED_LANGEVIN_H_
