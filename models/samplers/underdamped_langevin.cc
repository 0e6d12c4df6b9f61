#include "models/samplers/underdamped_langevin.h"

#include <cmath>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/samplers/fixed_label.h"
#include "models/samplers/grid.h"

namespace scoreserve {
namespace {

using Options = UnderdampedLangevinOptions;

// What an Ornstein–Uhlenbeck step of length `time` keeps of a velocity, and the
// noise that it adds.
struct Thermostat {
  Thermostat(const Options& options, double time)
      : keep(std::exp(-options.friction * time)),
        noise(std::sqrt(-options.temperature *
                        std::expm1(-2.0 * options.friction * time))) {}
  double keep, noise;
};

// `part` of a whole kick: ½ in the first step, which no step closes before.
Step Baoab(const Options& options, double part) {
  const double h = options.step_size;
  const Thermostat o(options, h);
  const double drift = 0.5 * h * (1.0 + o.keep);
  return {.xy = drift,
          .xs = part * h * drift,
          .xz = 0.5 * h * o.noise,
          .yy = o.keep,
          .ys = part * o.keep * h,
          .yz = o.noise};
}

Step Obabo(const Options& options, const Thermostat& o, double kick) {
  const double h = options.step_size;
  return {.xy = h * o.keep,
          .xs = h * kick,
          .xz = h * o.noise,
          .yy = o.keep,
          .ys = kick,
          .yz = o.noise};
}

absl::StatusOr<SamplerPlan> Plan(const OptionValues& values,
                                 const SamplerTarget& target) {
  const absl::StatusOr<Options> options =
      UnderdampedLangevinOptionTable().Parse(values);
  if (!options.ok()) return options.status();
  const absl::Status choice =
      CheckChoice("integrator", options->integrator, {"baoab", "obabo"});
  if (!choice.ok()) return choice;
  const absl::StatusOr<Level> level =
      LevelOfLabel(values, options->label, target);
  if (!level.ok()) return level.status();
  return SamplerPlan{.table = UnderdampedLangevinSteps(*options, *level),
                     .start_scale = options->start_scale,
                     .companion_scale = std::sqrt(options->temperature),
                     .start_alpha = level->alpha,
                     .start_sigma = level->sigma,
                     .homogeneous = true};
}

}  // namespace

const OptionTable<UnderdampedLangevinOptions>&
UnderdampedLangevinOptionTable() {
  using O = Options;
  static const auto& table = *new OptionTable<O>({
      {.name = "step_size",
       .field = &O::step_size,
       .range = Positive(),
       .help = "h, in model space and unit mass. Below twice the smallest "
               "standard deviation of the target, or the chain diverges.",
       .required = true},
      {"num_steps", &O::num_steps, Between(1, 1e9),
       "Evaluations of the network."},
      {"integrator",
       &O::integrator,
       {},
       "baoab, whose positions have no bias on a Gaussian, or obabo, whose "
       "velocities have none."},
      {"friction", &O::friction, Positive(),
       "γ, an inverse time: velocities are forgotten after 1/γ."},
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

StepTable UnderdampedLangevinSteps(const Options& options, const Level& level) {
  const double h = options.step_size;
  Step first, next;
  if (options.integrator == "obabo") {
    const Thermostat whole(options, h);
    first = Obabo(options, Thermostat(options, 0.5 * h), 0.5 * h);
    next = Obabo(options, whole, 0.5 * h * (1.0 + whole.keep));
  } else {
    first = Baoab(options, 0.5);
    next = Baoab(options, 1.0);
  }
  for (Step* step : {&first, &next}) {
    step->label = options.label;
    step->end_alpha = level.alpha;
    step->end_sigma = level.sigma;
  }
  std::vector<Phase> phases = {{.cycle = {first}}};
  if (options.num_steps > 1) {
    phases.push_back({.cycle = {next}, .repeats = options.num_steps - 1});
  }
  return StepTable(std::move(phases));
}

Sampler UnderdampedLangevinSampler() {
  return {.name = "underdamped_langevin",
          .help =
              "Underdamped Langevin dynamics, BAOAB (Leimkuhler and Matthews "
              "2013) or OBABO (Bussi and Parrinello 2007).",
          .options = UnderdampedLangevinOptionTable().Describe(),
          .plan = Plan,
          .example = ExampleLabel};
}

}  // namespace scoreserve
