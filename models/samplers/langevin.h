// Unadjusted Langevin dynamics (Roberts and Tweedie 1996).

#ifndef SCORESERVE_MODELS_SAMPLERS_LANGEVIN_H_
#define SCORESERVE_MODELS_SAMPLERS_LANGEVIN_H_

#include <cstdint>

#include "models/options.h"
#include "models/samplers/sampler.h"
#include "models/samplers/step_table.h"

namespace scoreserve {

struct LangevinOptions {
  double step_size = 0.01;
  int64_t num_steps = 1000;
  double temperature = 1.0;
  double label = 0.0;
  double start_scale = 1.0;
};

const OptionTable<LangevinOptions>& LangevinOptionTable();

// x ← x + h·s + √(2hT)·z, num_steps times, at a label that stands for `level`.
// Requires options that LangevinOptionTable() has parsed.
StepTable LangevinSteps(const LangevinOptions& options,
                        const Level& level = {});

// "langevin". Runs on every network; the label is that of all its steps, and is
// refused where the network takes none.
Sampler LangevinSampler();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_LANGEVIN_H_
