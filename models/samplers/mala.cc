#include "models/samplers/mala.h"

#include <cmath>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/samplers/fixed_label.h"
#include "models/status.h"

namespace scoreserve {
namespace {

absl::StatusOr<SamplerPlan> Plan(const OptionValues& values,
                                 const SamplerTarget& target) {
  const absl::StatusOr<MalaOptions> options = MalaOptionTable().Parse(values);
  if (!options.ok()) return options.status();
  const absl::StatusOr<Level> level =
      LevelOfLabel(values, options->label, target);
  if (!level.ok()) return level.status();
  if (!target.has_energy) {
    return WithReason(
        absl::InvalidArgumentError(
            "mala needs a network with an energy; this one has a score alone"),
        Reason::kUnsuitableModel);
  }
  return SamplerPlan{.table = MalaSteps(*options, *level),
                     .start_scale = options->start_scale,
                     .start_alpha = level->alpha,
                     .start_sigma = level->sigma,
                     .homogeneous = true};
}

}  // namespace

const OptionTable<MalaOptions>& MalaOptionTable() {
  using O = MalaOptions;
  static const auto& table = *new OptionTable<O>({
      {.name = "step_size",
       .field = &O::step_size,
       .range = Positive(),
       .help = "h, in model space; aim at an acceptance rate of 0.57.",
       .required = true},
      {"num_steps", &O::num_steps, Between(1, 1e9),
       "Proposals; one evaluation of the network each, and one for the start."},
      {"label", &O::label, NotNegative(),
       "The noise level or time that the network is given throughout; only "
       "for a network that takes one."},
      {"start_scale", &O::start_scale, NotNegative(),
       "Standard deviation, in model space, of the rows that it starts from "
       "where none are given."},
  });
  return table;
}

StepTable MalaSteps(const MalaOptions& options, const Level& level) {
  const double h = options.step_size;
  const Step test = {.label = options.label,
                     .kind = StepKind::kMetropolis,
                     .parameter = h,
                     .end_alpha = level.alpha,
                     .end_sigma = level.sigma};
  Step propose = test;
  propose.xs = h;
  propose.xz = std::sqrt(2.0 * h);
  return StepTable(
      {{.cycle = {propose}, .repeats = options.num_steps}, {.cycle = {test}}});
}

Sampler MalaSampler() {
  return {.name = "mala",
          .help =
              "Metropolis-adjusted Langevin dynamics at one label (Roberts and "
              "Tweedie 1996).",
          .options = MalaOptionTable().Describe(),
          .plan = Plan,
          .example = ExampleLabel};
}

}  // namespace scoreserve
