// What the cost experiment times.

#ifndef SCORESERVE_MODELS_EXPERIMENTS_COST_TRAININGS_H_
#define SCORESERVE_MODELS_EXPERIMENTS_COST_TRAININGS_H_

#include <cstdint>
#include <vector>

#include "ATen/core/Tensor.h"
#include "models/experiments/step_times.h"
#include "models/options.h"

namespace scoreserve {

// Standard normal, [2048, dim].
at::Tensor WhiteRows(int64_t dim, uint64_t seed);

OptionValues WidthOption(int64_t width);

// Of an mlp: DSM, SSM, SSM-VR, FD-SSM-VR and last exact SM.
std::vector<TimedTraining> OfScores(int64_t width);

// Of an energy_mlp: SSM, SSM-VR, FD-SSM, DSM, FD-DSM.
std::vector<TimedTraining> OfEnergies(int64_t width);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_COST_TRAININGS_H_
