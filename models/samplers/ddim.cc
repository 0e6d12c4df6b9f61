#include "models/samplers/ddim.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/samplers/diffusion_steps.h"
#include "models/status.h"

namespace scoreserve {
namespace {

absl::Status Check(const DdimOptions& options) {
  const absl::Status status =
      CheckChoice("variance", options.variance, {"small", "large"});
  if (status.ok() && options.variance == "large" && options.eta != 1.0) {
    return InvalidField(
        "variance", absl::StrCat("small unless eta is 1; eta is ", options.eta),
        "'large'");
  }
  return status;
}

absl::StatusOr<SamplerPlan> Plan(const OptionValues& values,
                                 const SamplerTarget& target) {
  const absl::StatusOr<DdimOptions> options = DdimOptionTable().Parse(values);
  if (!options.ok()) return options.status();
  const absl::Status checked = Check(*options);
  if (!checked.ok()) return checked;
  const absl::StatusOr<std::vector<Level>> grid = GridOf(*options, target);
  if (!grid.ok()) return grid.status();

  const Churn churn(*options, options->num_steps, target);
  std::vector<Phase> phases;
  for (size_t i = 0; i + 1 < grid->size(); ++i) {
    const Level from = churn.Raised((*grid)[i]), to = (*grid)[i + 1];
    if (options->resampling > 1) {
      phases.push_back({.cycle = {Labelled(StayStep(from, to), target, from)},
                        .repeats = options->resampling - 1});
    }
    Step step =
        FirstOrderStep(from, to, options->eta, options->variance == "large");
    if (i + 2 < grid->size()) churn.RaiseEnd(to, step);
    phases.push_back({.cycle = {Labelled(step, target, from)}});
  }
  EndAs(options->end, grid->back(), target, phases);
  SamplerPlan plan = PlanFrom(std::move(phases), grid->front());
  churn.RaiseStart(grid->front(), plan);
  return plan;
}

}  // namespace

const OptionTable<DdimOptions>& DdimOptionTable() {
  using O = DdimOptions;
  static const auto& table = *new OptionTable<O>(WithChurn(WithGrid<O>({
      {"eta", &O::eta, Between(0.0, 1.0),
       "η: 0 is deterministic (DDIM, Euler), 1 is ancestral (DDPM, SMLD)."},
      {"variance",
       &O::variance,
       {},
       "With eta 1: small, the posterior's given clean data, or large, that "
       "of the forward step."},
      {"resampling", &O::resampling, Between(1, 1000),
       "U of RePaint: evaluations at each level, all but the last of which "
       "stay there; for rows of which something is known."},
  })));
  return table;
}

Sampler DdimSampler() {
  return {.name = "ddim",
          .help =
              "First-order sampling: DDIM (Song, Meng and Ermon 2021), "
              "ancestral (Ho, Jain and Abbeel 2020), Euler with churn.",
          .options = DdimOptionTable().Describe(),
          .plan = Plan};
}

}  // namespace scoreserve
