// The variance-preserving process (Song et al. 2021; Ho, Jain and Abbeel 2020
// in continuous time):
//
//   B(t) = t·β_min + t²(β_max − β_min)/2,  α = e^(−B/2),  σ² = 1 − e^(−B),
//   f = −β(t)/2,  g² = β(t) = β_min + t(β_max − β_min).

#ifndef SCORESERVE_MODELS_PROCESSES_VP_H_
#define SCORESERVE_MODELS_PROCESSES_VP_H_

#include <memory>

#include "absl/status/statusor.h"
#include "models/options.h"
#include "models/processes/noise_process.h"

namespace scoreserve {

struct VpOptions {
  double beta_min = 0.1;
  double beta_max = 20.0;
};

const OptionTable<VpOptions>& VpOptionTable();

// β and its integral B at `time`, and the time at which the integral is `b`:
// the sub-VP process has the same ones.
double Beta(const VpOptions& options, double time);
double BetaIntegral(const VpOptions& options, double time);
double TimeOfBetaIntegral(const VpOptions& options, double b);

// The options, or INVALID_ARGUMENT where beta_max < beta_min too.
absl::StatusOr<VpOptions> ParseVpOptions(const OptionValues& options);

absl::StatusOr<std::shared_ptr<const NoiseProcess>> NewVp(
    const OptionValues& options);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PROCESSES_VP_H_
