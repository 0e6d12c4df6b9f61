// The reciprocal variance-exploding process (Kim et al. 2022), whose log σ is
// linear in 1/t:
//
//   α = 1,  σ = σ_max·b^(1/t − 1),  ln b = ln(σ_min/σ_max)/(1/ε − 1),
//   f = 0,  g² = −2σ² ln b/t²,
//
// so that σ(ε) = σ_min, σ(1) = σ_max and σ(0) = 0. It is their C = 0.

#ifndef SCORESERVE_MODELS_PROCESSES_RVE_H_
#define SCORESERVE_MODELS_PROCESSES_RVE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "models/options.h"
#include "models/processes/noise_process.h"

namespace scoreserve {

struct RveOptions {
  double sigma_min = 1e-3;
  double sigma_max = 50.0;
  double epsilon = 1e-5;
};

const OptionTable<RveOptions>& RveOptionTable();

// INVALID_ARGUMENT where sigma_max ≤ sigma_min too. Most of its times lie at
// nearly full noise: levels are spread evenly in log u by default.
absl::StatusOr<std::shared_ptr<const NoiseProcess>> NewRve(
    const OptionValues& options);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PROCESSES_RVE_H_
