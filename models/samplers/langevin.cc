#include "models/samplers/langevin.h"

#include <cmath>
#include <cstdint>

#include "absl/status/statusor.h"
#include "models/samplers/fixed_label.h"

namespace scoreserve {
namespace {

absl::StatusOr<SamplerPlan> Plan(const OptionValues& values,
                                 const SamplerTarget& target) {
  const absl::StatusOr<LangevinOptions> options =
      LangevinOptionTable().Parse(values);
  if (!options.ok()) return options.status();
  const absl::StatusOr<Level> level =
      LevelOfLabel(values, options->label, target);
  if (!level.ok()) return level.status();
  return SamplerPlan{.table = LangevinSteps(*options, *level),
                     .start_scale = options->start_scale,
                     .start_alpha = level->alpha,
                     .start_sigma = level->sigma,
                     .homogeneous = true};
}

}  // namespace

const OptionTable<LangevinOptions>& LangevinOptionTable() {
  using O = LangevinOptions;
  static const auto& table = *new OptionTable<O>({
      {.name = "step_size",
       .field = &O::step_size,
       .range = Positive(),
       .help = "h, in model space. Below twice the smallest variance of the "
               "target, or the chain diverges; the bias of the variance grows "
               "like h.",
       .required = true},
      {"num_steps", &O::num_steps, Between(1, 1e9),
       "Evaluations of the network."},
      {"temperature", &O::temperature, NotNegative(),
       "T: samples p(x)^(1/T), towards its modes as T goes to 0."},
      {"label", &O::label, NotNegative(),
       "The noise level or time that the network is given throughout; only "
       "for a network that takes one."},
      {"start_scale", &O::start_scale, NotNegative(),
       "Standard deviation, in model space, of the rows that it starts from "
       "where none are given."},
  });
  return table;
}

StepTable LangevinSteps(const LangevinOptions& options, const Level& level) {
  const Step step = {
      .label = options.label,
      .xs = options.step_size,
      .xz = std::sqrt(2.0 * options.step_size * options.temperature),
      .end_alpha = level.alpha,
      .end_sigma = level.sigma};
  return StepTable({{.cycle = {step}, .repeats = options.num_steps}});
}

Sampler LangevinSampler() {
  return {.name = "langevin",
          .help =
              "Unadjusted Langevin dynamics at one label (Roberts and "
              "Tweedie 1996).",
          .options = LangevinOptionTable().Describe(),
          .plan = Plan,
          .example = ExampleLabel};
}

}  // namespace scoreserve
