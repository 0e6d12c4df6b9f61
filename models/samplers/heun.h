// Heun's method for the probability flow in σ/α, with churn (Karras et al.
// 2022, algorithms 1 and 2).

#ifndef SCORESERVE_MODELS_SAMPLERS_HEUN_H_
#define SCORESERVE_MODELS_SAMPLERS_HEUN_H_

#include "models/options.h"
#include "models/samplers/churn.h"
#include "models/samplers/grid.h"
#include "models/samplers/sampler.h"

namespace scoreserve {

struct HeunOptions : GridOptions, ChurnOptions {
  HeunOptions() {
    num_steps = 18;
    grid = "karras";
  }
};

const OptionTable<HeunOptions>& HeunOptionTable();

// "heun". A step from level to level takes two evaluations; with d = u' − u,
//
//   at (x, t):   xx = α'/α,  xs = −α'dσ;  y = −σs, the slope,
//   at (x, t'):  xy = −α'd/2,  xs = −α'dσ'/2,
//
// and the first alone where σ' = 0: 2·num_steps − 1 in all by default. Needs a
// process.
Sampler HeunSampler();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_HEUN_H_
