// Euler–Maruyama of the reverse-time equation (Song et al. 2021), of the family
// between it and the probability flow (Huang, Lim and Courville 2021).

#ifndef SCORESERVE_MODELS_SAMPLERS_EULER_MARUYAMA_H_
#define SCORESERVE_MODELS_SAMPLERS_EULER_MARUYAMA_H_

#include <cstdint>

#include "models/options.h"
#include "models/samplers/grid.h"
#include "models/samplers/sampler.h"

namespace scoreserve {

struct EulerMaruyamaOptions : GridOptions {
  EulerMaruyamaOptions() {
    num_steps = 1000;
    end = "none";
  }
  double lambda = 0.0;
  int64_t resampling = 1;
};

const OptionTable<EulerMaruyamaOptions>& EulerMaruyamaOptionTable();

// "euler_maruyama". EulerMaruyamaStep() from level to level of the grid; before
// each of them resampling − 1 times StayStep(). Needs a process. Its steps are
// in time, so it cannot end "to_zero".
Sampler EulerMaruyamaSampler();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_EULER_MARUYAMA_H_
