// The sub-variance-preserving process (Song et al. 2021), with α, B and β of
// vp.h:
//
//   σ = 1 − e^(−B) = 1 − α²,  f = −β/2,  g² = β(1 − e^(−2B)).

#ifndef SCORESERVE_MODELS_PROCESSES_SUBVP_H_
#define SCORESERVE_MODELS_PROCESSES_SUBVP_H_

#include <memory>

#include "absl/status/statusor.h"
#include "models/options.h"
#include "models/processes/noise_process.h"

namespace scoreserve {

// Takes the options of VpOptionTable().
absl::StatusOr<std::shared_ptr<const NoiseProcess>> NewSubVp(
    const OptionValues& options);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PROCESSES_SUBVP_H_
