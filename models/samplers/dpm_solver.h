// DPM-Solver++ (Lu et al. 2022), of first and of second order by two steps
// (2M), of the probability flow and of the stochastic equation.

#ifndef SCORESERVE_MODELS_SAMPLERS_DPM_SOLVER_H_
#define SCORESERVE_MODELS_SAMPLERS_DPM_SOLVER_H_

#include <cstdint>
#include <string>

#include "models/options.h"
#include "models/samplers/grid.h"
#include "models/samplers/sampler.h"

namespace scoreserve {

struct DpmSolverOptions : GridOptions {
  DpmSolverOptions() {
    num_steps = 20;
    grid = "log";
  }
  int64_t order = 2;
  bool sde = false;
  std::string lower_order_final = "auto";
};

const OptionTable<DpmSolverOptions>& DpmSolverOptionTable();

// "dpm_solver". With e = u'/u, K = α'(1 − e), or α'(1 − e²) of the stochastic
// equation (midpoint form), u° the level before u and ω = ln(u/u')/(2
// ln(u°/u)):
//
//   xx = σ'/σ + K(1 + ω)/α  (eσ'/σ of the stochastic equation),
//   xs = K(1 + ω)σ²/α,  xy = −Kω,  xz = 0  (σ'√(1 − e²)),
//   y ← (x + σ²s)/α, the denoised estimate.
//
// ω = 0 at first order, in the first step, in a step to clean data, and in the
// last under lower_order_final. Needs a process.
Sampler DpmSolverSampler();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_DPM_SOLVER_H_
