// Experiment "wine": a deep kernel exponential family trained with each way of
// score matching on the wine quality data, as in the first experiment of Song,
// Garg, Shi and Ermon (2019).

#ifndef SCORESERVE_MODELS_EXPERIMENTS_WINE_H_
#define SCORESERVE_MODELS_EXPERIMENTS_WINE_H_

#include "models/experiments/experiment.h"

namespace scoreserve {

Experiment WineExperiment();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_WINE_H_
