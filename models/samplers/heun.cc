#include "models/samplers/heun.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/samplers/diffusion_steps.h"

namespace scoreserve {
namespace {

// The two stages, or the one of the step to clean data. The second is evaluated
// at `to`.
std::vector<Step> Stages(const Level& from, const Level& to,
                         const SamplerTarget& target) {
  Step first = Labelled(FirstOrderStep(from, to, 0.0), target, from);
  if (to.sigma == 0.0) return {first};
  const double d = to.ratio() - from.ratio();
  first.xs = -to.alpha * d * from.sigma;
  first.yy = 0.0;
  first.ys = -from.sigma;
  first.completes = false;
  const Step second = {.label = target.LabelOf(to),
                       .xy = -0.5 * to.alpha * d,
                       .xs = -0.5 * to.alpha * d * to.sigma,
                       .end_alpha = to.alpha,
                       .end_sigma = to.sigma};
  return {first, second};
}

absl::StatusOr<SamplerPlan> Plan(const OptionValues& values,
                                 const SamplerTarget& target) {
  const absl::StatusOr<HeunOptions> options = HeunOptionTable().Parse(values);
  if (!options.ok()) return options.status();
  const absl::Status end =
      CheckChoice("end", options->end, {"none", "denoise", "to_zero"});
  if (!end.ok()) return end;
  const absl::StatusOr<std::vector<Level>> grid = GridOf(*options, target);
  if (!grid.ok()) return grid.status();

  const Churn churn(*options, options->num_steps, target);
  std::vector<Phase> phases;
  for (size_t i = 0; i + 1 < grid->size(); ++i) {
    const Level to = (*grid)[i + 1];
    std::vector<Step> stages = Stages(churn.Raised((*grid)[i]), to, target);
    if (i + 2 < grid->size()) churn.RaiseEnd(to, stages.back());
    phases.push_back({.cycle = std::move(stages)});
  }
  EndAs(options->end, grid->back(), target, phases);
  SamplerPlan plan = PlanFrom(std::move(phases), grid->front());
  churn.RaiseStart(grid->front(), plan);
  return plan;
}

}  // namespace

const OptionTable<HeunOptions>& HeunOptionTable() {
  using O = HeunOptions;
  static const auto& table = *new OptionTable<O>(WithChurn(WithGrid<O>({})));
  return table;
}

Sampler HeunSampler() {
  return {.name = "heun",
          .help =
              "Heun's method for the probability flow, with churn (Karras et "
              "al. 2022).",
          .options = HeunOptionTable().Describe(),
          .plan = Plan};
}

}  // namespace scoreserve
