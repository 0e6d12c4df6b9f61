// Churn: noise that is added before an evaluation, so that the steps of an
// ordinary differential equation mix (Karras et al. 2022, algorithm 2).

#ifndef SCORESERVE_MODELS_SAMPLERS_CHURN_H_
#define SCORESERVE_MODELS_SAMPLERS_CHURN_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "models/options.h"
#include "models/processes/noise_process.h"
#include "models/samplers/sampler.h"
#include "models/samplers/step_table.h"

namespace scoreserve {

struct ChurnOptions {
  double s_churn = 0.0;
  double s_tmin = 0.0;
  double s_tmax = 1e9;
  double s_noise = 1.0;
};

// The rows of a table of options O, derived from ChurnOptions, after `before`.
template <typename O>
std::vector<Option<O>> WithChurn(std::vector<Option<O>> before) {
  for (Option<O>& option : std::vector<Option<O>>{
           {"s_churn", &O::s_churn, NotNegative(),
            "Churn: σ/α grows by s_churn/num_steps, at most by √2 − 1, before "
            "each evaluation of a step; 0 for none."},
           {"s_tmin", &O::s_tmin, NotNegative(),
            "The lowest σ/α that churn is added at."},
           {"s_tmax", &O::s_tmax, NotNegative(),
            "The highest σ/α that churn is added at."},
           {"s_noise", &O::s_noise, NotNegative(),
            "Standard deviation of the noise of churn, beside what the level "
            "needs."}}) {
    before.push_back(std::move(option));
  }
  return before;
}

// Raises levels, and the rows that stand at them. A step's affine map and the
// noise after it are one map, so churn costs no evaluation: it rides on the
// last stage of the step before, and before the first on the start.
class Churn {
 public:
  // Requires a process in `target`.
  Churn(const ChurnOptions& options, int64_t num_steps,
        const SamplerTarget& target);

  // u⁺ = min(u(1 + γ), u_last), γ = min(s_churn/num_steps, √2 − 1) where s_tmin
  // ≤ u ≤ s_tmax, u > 0 and else 0; u_last is that of the latest time.
  Level Raised(const Level& level) const;

  // Makes `step`, which ends at `level`, end at Raised(level).
  void RaiseEnd(const Level& level, Step& step) const;
  // Makes `plan`, which starts at `level`, start at Raised(level).
  void RaiseStart(const Level& level, SamplerPlan& plan) const;

 private:
  StartMap MapFrom(const Level& level, const Level& raised) const;

  const ChurnOptions options_;
  const NoiseProcess& process_;
  const double growth_, highest_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_CHURN_H_
