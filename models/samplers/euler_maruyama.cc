#include "models/samplers/euler_maruyama.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/samplers/diffusion_steps.h"

namespace scoreserve {
namespace {

absl::StatusOr<SamplerPlan> Plan(const OptionValues& values,
                                 const SamplerTarget& target) {
  const absl::StatusOr<EulerMaruyamaOptions> options =
      EulerMaruyamaOptionTable().Parse(values);
  if (!options.ok()) return options.status();
  const absl::Status end =
      CheckChoice("end", options->end, {"none", "mean", "denoise"});
  if (!end.ok()) return end;
  const absl::StatusOr<std::vector<Level>> grid = GridOf(*options, target);
  if (!grid.ok()) return grid.status();

  std::vector<Phase> phases;
  for (size_t i = 0; i + 1 < grid->size(); ++i) {
    const Level from = (*grid)[i], to = (*grid)[i + 1];
    if (options->resampling > 1) {
      phases.push_back({.cycle = {Labelled(StayStep(from, to), target, from)},
                        .repeats = options->resampling - 1});
    }
    const Step step =
        EulerMaruyamaStep(*target.process, from, to, options->lambda);
    phases.push_back({.cycle = {Labelled(step, target, from)}});
  }
  EndAs(options->end, grid->back(), target, phases);
  return PlanFrom(std::move(phases), grid->front());
}

}  // namespace

const OptionTable<EulerMaruyamaOptions>& EulerMaruyamaOptionTable() {
  using O = EulerMaruyamaOptions;
  static const auto& table = *new OptionTable<O>(WithGrid<O>({
      {"lambda", &O::lambda, Between(0.0, 1.0),
       "λ: 0 is the stochastic equation, 1 the probability flow, which draws "
       "no noise."},
      {"resampling", &O::resampling, Between(1, 1000),
       "U of RePaint: evaluations at each level, all but the last of which "
       "stay there; for rows of which something is known."},
  }));
  return table;
}

Sampler EulerMaruyamaSampler() {
  return {.name = "euler_maruyama",
          .help =
              "Euler–Maruyama of the reverse-time equation (Song et al. 2021; "
              "Huang, Lim and Courville 2021).",
          .options = EulerMaruyamaOptionTable().Describe(),
          .plan = Plan};
}

}  // namespace scoreserve
