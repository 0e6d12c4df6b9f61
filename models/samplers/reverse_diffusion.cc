#include "models/samplers/reverse_diffusion.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/samplers/diffusion_steps.h"
#include "models/status.h"

namespace scoreserve {
namespace {

absl::StatusOr<SamplerPlan> Plan(const OptionValues& values,
                                 const SamplerTarget& target) {
  const absl::StatusOr<ReverseDiffusionOptions> options =
      ReverseDiffusionOptionTable().Parse(values);
  if (!options.ok()) return options.status();
  const absl::Status end =
      CheckChoice("end", options->end, {"none", "mean", "denoise"});
  if (!end.ok()) return end;
  const absl::StatusOr<std::vector<Level>> grid = GridOf(*options, target);
  if (!grid.ok()) return grid.status();
  const absl::Status fits = CheckIncrements("reverse_diffusion", target);
  if (!fits.ok()) return fits;

  std::vector<Phase> phases;
  for (size_t i = 0; i + 1 < grid->size(); ++i) {
    const Level from = (*grid)[i], to = (*grid)[i + 1];
    const Step step = ReverseDiffusionStep(from, to, options->lambda);
    phases.push_back({.cycle = {Labelled(step, target, from)}});
  }
  EndAs(options->end, grid->back(), target, phases);
  return PlanFrom(std::move(phases), grid->front());
}

}  // namespace

const OptionTable<ReverseDiffusionOptions>& ReverseDiffusionOptionTable() {
  using O = ReverseDiffusionOptions;
  static const auto& table = *new OptionTable<O>(WithGrid<O>({
      {"lambda", &O::lambda, Between(0.0, 1.0),
       "λ: 0 is the stochastic equation, 1 the probability flow, which draws "
       "no noise."},
  }));
  return table;
}

Sampler ReverseDiffusionSampler() {
  return {.name = "reverse_diffusion",
          .help =
              "The reverse-time equation in increments of its process (Song "
              "et al. 2021).",
          .options = ReverseDiffusionOptionTable().Describe(),
          .plan = Plan};
}

}  // namespace scoreserve
