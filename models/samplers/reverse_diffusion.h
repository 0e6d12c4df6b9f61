// The reverse-time equation in the increments of its process ("reverse
// diffusion", Song et al. 2021, appendix E).

#ifndef SCORESERVE_MODELS_SAMPLERS_REVERSE_DIFFUSION_H_
#define SCORESERVE_MODELS_SAMPLERS_REVERSE_DIFFUSION_H_

#include "models/options.h"
#include "models/samplers/grid.h"
#include "models/samplers/sampler.h"

namespace scoreserve {

struct ReverseDiffusionOptions : GridOptions {
  ReverseDiffusionOptions() {
    num_steps = 1000;
    end = "none";
  }
  double lambda = 0.0;
};

const OptionTable<ReverseDiffusionOptions>& ReverseDiffusionOptionTable();

// "reverse_diffusion". ReverseDiffusionStep() from level to level of the grid.
// Needs a process whose increments exist in closed form, which subvp's do not.
// Cannot end "to_zero".
Sampler ReverseDiffusionSampler();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_REVERSE_DIFFUSION_H_
