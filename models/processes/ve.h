// The variance-exploding process (Song et al. 2021):
//
//   α = 1,  σ = σ_min(σ_max/σ_min)^t,  f = 0,  g² = 2σ² ln(σ_max/σ_min).

#ifndef SCORESERVE_MODELS_PROCESSES_VE_H_
#define SCORESERVE_MODELS_PROCESSES_VE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "models/options.h"
#include "models/processes/noise_process.h"

namespace scoreserve {

struct VeOptions {
  double sigma_min = 0.01;
  double sigma_max = 50.0;
};

const OptionTable<VeOptions>& VeOptionTable();

// INVALID_ARGUMENT where sigma_max ≤ sigma_min too.
absl::StatusOr<std::shared_ptr<const NoiseProcess>> NewVe(
    const OptionValues& options);

// Requires 0 < sigma_min < sigma_max.
std::shared_ptr<const NoiseProcess> NewVe(const VeOptions& options);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PROCESSES_VE_H_
