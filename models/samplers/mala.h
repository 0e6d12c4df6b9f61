// The Metropolis-adjusted Langevin algorithm (Roberts and Tweedie 1996).

#ifndef SCORESERVE_MODELS_SAMPLERS_MALA_H_
#define SCORESERVE_MODELS_SAMPLERS_MALA_H_

#include <cstdint>

#include "models/options.h"
#include "models/samplers/sampler.h"
#include "models/samplers/step_table.h"

namespace scoreserve {

struct MalaOptions {
  double step_size = 0.01;
  int64_t num_steps = 1000;
  double label = 0.0;
  double start_scale = 1.0;
};

const OptionTable<MalaOptions>& MalaOptionTable();

// num_steps proposals y + h·s(y) + √(2h)·z, each tested (metropolis.h), at a
// label that stands for `level`: one evaluation more than tests, since the
// start needs its own. The last visit only tests. Requires options that
// MalaOptionTable() has parsed.
StepTable MalaSteps(const MalaOptions& options, const Level& level = {});

// "mala". Needs a network with an energy: score and energy are one function, or
// the target is not the one that is left invariant. The engine refuses masks
// and bounds beside it: imposed on proposals, they would break that invariance.
Sampler MalaSampler();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_MALA_H_
