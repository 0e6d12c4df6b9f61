#include "models/samplers/predictor_corrector.h"

#include <cmath>
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

using Options = PredictorCorrectorOptions;

absl::Status Check(const Options& options, const SamplerTarget& target) {
  absl::Status status =
      CheckChoice("predictor", options.predictor,
                  {"ancestral", "ddim", "euler_maruyama", "reverse_diffusion"});
  if (status.ok()) {
    status = CheckChoice("corrector", options.corrector, {"langevin", "ald"});
  }
  if (!status.ok()) return status;
  const bool by_increments = options.predictor == "reverse_diffusion";
  if ((by_increments || options.predictor == "euler_maruyama") &&
      options.end == "to_zero") {
    return InvalidField("end",
                        absl::StrCat("none, mean or denoise with predictor ",
                                     options.predictor),
                        "'to_zero'");
  }
  if (by_increments && target.process != nullptr) {
    return CheckIncrements("predictor reverse_diffusion", target);
  }
  return status;
}

Step Predictor(const Options& options, const NoiseProcess& process,
               const Level& from, const Level& to) {
  if (options.predictor == "euler_maruyama") {
    return EulerMaruyamaStep(process, from, to, 0.0);
  }
  if (options.predictor == "reverse_diffusion") {
    return ReverseDiffusionStep(from, to, 0.0);
  }
  return FirstOrderStep(from, to, options.predictor == "ddim" ? 0.0 : 1.0);
}

Step Corrector(const Options& options, const Level& from, const Level& to) {
  const double ratio = from.alpha / to.alpha;
  const double twice_a = 2.0 * ratio * ratio;
  Step step = {.end_alpha = from.alpha, .end_sigma = from.sigma};
  if (options.corrector == "langevin") {
    step.kind = StepKind::kCorrector;
    step.parameter = twice_a * options.snr * options.snr;
  } else {
    const double scale = options.snr * from.sigma;
    step.xs = twice_a * scale * scale;
    step.xz = std::sqrt(2.0 * step.xs);
  }
  return step;
}

absl::StatusOr<SamplerPlan> Plan(const OptionValues& values,
                                 const SamplerTarget& target) {
  const absl::StatusOr<Options> options =
      PredictorCorrectorOptionTable().Parse(values);
  if (!options.ok()) return options.status();
  const absl::Status checked = Check(*options, target);
  if (!checked.ok()) return checked;
  const absl::StatusOr<std::vector<Level>> grid = GridOf(*options, target);
  if (!grid.ok()) return grid.status();

  std::vector<Phase> phases;
  for (size_t i = 0; i + 1 < grid->size(); ++i) {
    const Level from = (*grid)[i], to = (*grid)[i + 1];
    if (options->corrector_steps > 0) {
      phases.push_back(
          {.cycle = {Labelled(Corrector(*options, from, to), target, from)},
           .repeats = options->corrector_steps});
    }
    const Step step = Predictor(*options, *target.process, from, to);
    phases.push_back({.cycle = {Labelled(step, target, from)}});
  }
  EndAs(options->end, grid->back(), target, phases);
  return PlanFrom(std::move(phases), grid->front());
}

}  // namespace

const OptionTable<PredictorCorrectorOptions>& PredictorCorrectorOptionTable() {
  using O = PredictorCorrectorOptions;
  static const auto& table = *new OptionTable<O>(WithGrid<O>({
      {"predictor",
       &O::predictor,
       {},
       "The step from level to level: ancestral, ddim, euler_maruyama or "
       "reverse_diffusion."},
      {"corrector",
       &O::corrector,
       {},
       "langevin, whose step size follows the norms of score and noise, or "
       "ald, whose step size follows the noise level."},
      {"corrector_steps", &O::corrector_steps, Between(0, 1000),
       "Corrections at each level, each an evaluation."},
      {"snr", &O::snr, Positive(), "Signal-to-noise ratio of a correction."},
  }));
  return table;
}

Sampler PredictorCorrectorSampler() {
  return {.name = "predictor_corrector",
          .help = "Predictor–corrector sampling (Song et al. 2021).",
          .options = PredictorCorrectorOptionTable().Describe(),
          .plan = Plan};
}

}  // namespace scoreserve
