// First-order sampling of a diffusion: DDIM (Song, Meng and Ermon 2021),
// ancestral sampling (DDPM: Ho, Jain and Abbeel 2020; SMLD) and the Euler steps
// of the probability flow with churn (Karras et al. 2022) are one table.

#ifndef SCORESERVE_MODELS_SAMPLERS_DDIM_H_
#define SCORESERVE_MODELS_SAMPLERS_DDIM_H_

#include <cstdint>
#include <string>

#include "models/options.h"
#include "models/samplers/churn.h"
#include "models/samplers/grid.h"
#include "models/samplers/sampler.h"

namespace scoreserve {

struct DdimOptions : GridOptions, ChurnOptions {
  double eta = 0.0;
  std::string variance = "small";
  int64_t resampling = 1;
};

const OptionTable<DdimOptions>& DdimOptionTable();

// "ddim". FirstOrderStep() from level to level of the grid; before each of them
// resampling − 1 times StayStep(). Needs a process.
Sampler DdimSampler();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_DDIM_H_
