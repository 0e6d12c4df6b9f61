// Annealed Langevin dynamics (Song and Ermon 2019, algorithm 1), with the step
// sizes of the authors' code: their paper's α is 2h.

#ifndef SCORESERVE_MODELS_SAMPLERS_ANNEALED_LANGEVIN_H_
#define SCORESERVE_MODELS_SAMPLERS_ANNEALED_LANGEVIN_H_

#include <cstdint>

#include "models/options.h"
#include "models/samplers/sampler.h"
#include "models/samplers/step_table.h"

namespace scoreserve {

// The defaults are the authors', for images in [0, 1]. For data of unit
// variance take first_noise_level about its diameter (10), last_noise_level
// 0.05, step_size a tenth of last_noise_level², num_steps at least 25, and
// denoise.
struct AnnealedLangevinOptions {
  int64_t levels = 10;
  double first_noise_level = 1.0;
  double last_noise_level = 0.01;
  double step_size = 2e-5;
  int64_t num_steps = 100;
  double temperature = 1.0;
  bool denoise = false;
};

const OptionTable<AnnealedLangevinOptions>& AnnealedLangevinOptionTable();

// Level i of L, σ_i = σ₁(σ_L/σ₁)^((i−1)/(L−1)): num_steps times
// x ← x + h·s + √(2hT)·z with h = step_size·(σ_i/σ_L)² and the label σ_i. Last,
// where denoise is set, x ← x + σ_L²·s. Requires options that
// AnnealedLangevinOptionTable() has parsed.
StepTable AnnealedLangevinSteps(const AnnealedLangevinOptions& options);

// "annealed_langevin". Needs a network labelled by noise level whose range
// holds every level; starts at the first level's noise.
Sampler AnnealedLangevinSampler();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_ANNEALED_LANGEVIN_H_
