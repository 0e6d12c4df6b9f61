#include "models/samplers/dpm_solver.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/samplers/diffusion_steps.h"

namespace scoreserve {
namespace {

// Below so many steps a last step of second order does more harm than good.
constexpr int64_t kFewSteps = 15;

Step StepBetween(const Level& from, const Level& to, bool sde, double omega) {
  const double e = to.ratio() / from.ratio();
  const double gone = sde ? (1.0 - e) * (1.0 + e) : 1.0 - e;
  const double k = to.alpha * gone;
  const double kept = (sde ? e : 1.0) * to.sigma / from.sigma;
  return {.xx = kept + k * (1.0 + omega) / from.alpha,
          .xy = -k * omega,
          .xs = k * (1.0 + omega) * from.sigma * from.sigma / from.alpha,
          .xz = sde ? to.sigma * std::sqrt(gone) : 0.0,
          .end_alpha = to.alpha,
          .end_sigma = to.sigma};
}

void KeepEstimate(const Level& from, Step& step) {
  step.yx = 1.0 / from.alpha;
  step.yy = 0.0;
  step.ys = from.sigma * from.sigma / from.alpha;
}

// ω of the step from levels[i].
double Weight(const std::vector<Level>& levels, size_t i) {
  const double u = levels[i].ratio();
  return std::log(u / levels[i + 1].ratio()) /
         (2.0 * std::log(levels[i - 1].ratio() / u));
}

absl::StatusOr<SamplerPlan> Plan(const OptionValues& values,
                                 const SamplerTarget& target) {
  const absl::StatusOr<DpmSolverOptions> options =
      DpmSolverOptionTable().Parse(values);
  if (!options.ok()) return options.status();
  const absl::Status choice = CheckChoice(
      "lower_order_final", options->lower_order_final, {"auto", "on", "off"});
  if (!choice.ok()) return choice;
  const absl::StatusOr<std::vector<Level>> grid = GridOf(*options, target);
  if (!grid.ok()) return grid.status();

  const bool lower_final =
      options->lower_order_final == "on" ||
      (options->lower_order_final == "auto" && options->num_steps < kFewSteps);
  std::vector<Phase> phases;
  for (size_t i = 0; i + 1 < grid->size(); ++i) {
    const Level from = (*grid)[i], to = (*grid)[i + 1];
    const bool last = i + 2 == grid->size();
    const bool first_order = options->order == 1 || i == 0 || to.sigma == 0.0 ||
                             (last && lower_final);
    Step step = StepBetween(from, to, options->sde,
                            first_order ? 0.0 : Weight(*grid, i));
    if (options->order == 2 && !last) KeepEstimate(from, step);
    phases.push_back({.cycle = {Labelled(step, target, from)}});
  }
  EndAs(options->end, grid->back(), target, phases);
  return PlanFrom(std::move(phases), grid->front());
}

}  // namespace

const OptionTable<DpmSolverOptions>& DpmSolverOptionTable() {
  using O = DpmSolverOptions;
  static const auto& table = *new OptionTable<O>(WithGrid<O>({
      {"order", &O::order, Between(1, 2),
       "Order of the solver: 1, or 2 (2M, of two successive estimates)."},
      {"sde",
       &O::sde,
       {},
       "Solves the stochastic equation in place of the probability flow."},
      {"lower_order_final",
       &O::lower_order_final,
       {},
       "Whether the last step is of first order: on, off, or auto, with fewer "
       "than 15 steps; a step to clean data always is."},
  }));
  return table;
}

Sampler DpmSolverSampler() {
  return {.name = "dpm_solver",
          .help = "DPM-Solver++ (Lu et al. 2022), 2M, and its SDE form.",
          .options = DpmSolverOptionTable().Describe(),
          .plan = Plan};
}

}  // namespace scoreserve
