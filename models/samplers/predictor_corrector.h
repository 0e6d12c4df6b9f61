// Predictor–corrector sampling (Song et al. 2021, algorithms 1 to 5).

#ifndef SCORESERVE_MODELS_SAMPLERS_PREDICTOR_CORRECTOR_H_
#define SCORESERVE_MODELS_SAMPLERS_PREDICTOR_CORRECTOR_H_

#include <cstdint>
#include <string>

#include "models/options.h"
#include "models/samplers/grid.h"
#include "models/samplers/sampler.h"

namespace scoreserve {

struct PredictorCorrectorOptions : GridOptions {
  // The published end, and one that every predictor can do.
  PredictorCorrectorOptions() {
    num_steps = 500;
    end = "mean";
  }
  std::string predictor = "ancestral";
  std::string corrector = "langevin";
  int64_t corrector_steps = 1;
  double snr = 0.16;
};

const OptionTable<PredictorCorrectorOptions>& PredictorCorrectorOptionTable();

// "predictor_corrector". At each level of the grid corrector_steps times the
// corrector, then the predictor to the next; every one is an evaluation. With
// a = (α/α')², 1 where α stays,
//
//   langevin  x ← x + h·s + √(2h)·z,  h = 2a(snr·‖z‖/‖s‖)²  (corrector.h)
//   ald       the same with h = 2a(snr·σ)²
//
// The norms are of the row's own score and noise, where the published code
// takes means over its batch. Needs a process; predictors are steps without a
// companion: ancestral, ddim, euler_maruyama, and reverse_diffusion where the
// process has increments. These last two take no step to clean data, `end`
// to_zero.
Sampler PredictorCorrectorSampler();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_PREDICTOR_CORRECTOR_H_
