#include "models/samplers/annealed_langevin.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/io/model_config.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// The step is one word of a noise counter.
constexpr int64_t kMaxSteps = std::numeric_limits<uint32_t>::max();

// What no single option's range can say.
absl::Status Check(const AnnealedLangevinOptions& options,
                   const LabelRule& rule) {
  if (rule.kind != LabelKind::kNoiseLevel) {
    return WithReason(
        absl::InvalidArgumentError(absl::StrCat(
            "annealed_langevin needs a network whose label is a noise level; "
            "this one's is ",
            rule.kind == LabelKind::kTime ? "a time" : "absent")),
        Reason::kUnsuitableModel);
  }
  if (options.last_noise_level > options.first_noise_level) {
    return InvalidField(
        "last_noise_level",
        absl::StrCat("at most first_noise_level, ", options.first_noise_level),
        absl::StrCat(options.last_noise_level));
  }
  const int64_t last = options.denoise ? 1 : 0;
  const int64_t most = (kMaxSteps - last) / options.levels;
  if (options.num_steps > most) {
    return InvalidField(
        "num_steps",
        absl::StrCat("at most ", most, " with ", options.levels, " levels"),
        absl::StrCat(options.num_steps));
  }
  absl::Status status =
      CheckLabel(rule, "first_noise_level", options.first_noise_level);
  if (status.ok()) {
    status = CheckLabel(rule, "last_noise_level", options.last_noise_level);
  }
  return status;
}

absl::StatusOr<SamplerPlan> Plan(const OptionValues& values,
                                 const SamplerTarget& target) {
  const absl::StatusOr<AnnealedLangevinOptions> options =
      AnnealedLangevinOptionTable().Parse(values);
  if (!options.ok()) return options.status();
  const absl::Status checked = Check(*options, target.label);
  if (!checked.ok()) return checked;
  const double first = options->first_noise_level;
  return SamplerPlan{.table = AnnealedLangevinSteps(*options),
                     .start_scale = first,
                     .noised = StartMap{.keep = 1.0, .noise = first},
                     .start_sigma = first};
}

// Level `index`, counted from 0. Both ends are exact, so that a level never
// leaves a label's range by a rounding.
double NoiseLevel(const AnnealedLangevinOptions& options, int64_t index) {
  const double first = options.first_noise_level;
  const double last = options.last_noise_level;
  if (index == 0) return first;
  if (index == options.levels - 1) return last;
  const double part = static_cast<double>(index) / (options.levels - 1);
  return first * std::pow(last / first, part);
}

// For data of unit variance, as the header says; the defaults are for images in
// [0, 1].
OptionValues Example(const SamplerTarget& target) {
  if (target.label.kind != LabelKind::kNoiseLevel) return {};
  const double last = std::max(0.05, target.label.min);
  return {{"first_noise_level", std::min(10.0, target.label.max)},
          {"last_noise_level", last},
          {"step_size", 0.1 * last * last},
          {"num_steps", int64_t{25}},
          {"denoise", true}};
}

}  // namespace

const OptionTable<AnnealedLangevinOptions>& AnnealedLangevinOptionTable() {
  using O = AnnealedLangevinOptions;
  static const auto& table = *new OptionTable<O>({
      {"levels", &O::levels, Between(2, 10'000),
       "Noise levels, in geometric progression."},
      {"first_noise_level", &O::first_noise_level, Positive(),
       "The highest level, in model space, and the standard deviation of the "
       "rows that it starts from; about the diameter of the data."},
      {"last_noise_level", &O::last_noise_level, Positive(),
       "The lowest level, in model space."},
      {"step_size", &O::step_size, Positive(),
       "h of the last level; that of a level σ is h·(σ/last_noise_level)². "
       "With h·num_steps under 2·last_noise_level² noise is left."},
      {"num_steps", &O::num_steps, Between(1, 1e9),
       "Evaluations of the network at each level."},
      {"temperature", &O::temperature, NotNegative(),
       "T: each level samples p(x)^(1/T)."},
      {"denoise",
       &O::denoise,
       {},
       "Ends with one more evaluation, which takes the last level's noise "
       "away."},
  });
  return table;
}

StepTable AnnealedLangevinSteps(const AnnealedLangevinOptions& options) {
  const double last = options.last_noise_level;
  std::vector<Phase> phases;
  phases.reserve(options.levels + 1);
  for (int64_t i = 0; i < options.levels; ++i) {
    const double level = NoiseLevel(options, i);
    const double h = options.step_size * (level / last) * (level / last);
    const Step step = {.label = level,
                       .xs = h,
                       .xz = std::sqrt(2.0 * h * options.temperature),
                       .end_sigma = level};
    phases.push_back({.cycle = {step}, .repeats = options.num_steps});
  }
  if (options.denoise) {
    phases.push_back({.cycle = {{.label = last, .xs = last * last}}});
  }
  return StepTable(std::move(phases));
}

Sampler AnnealedLangevinSampler() {
  return {.name = "annealed_langevin",
          .help =
              "Langevin dynamics through falling noise levels (Song and "
              "Ermon 2019).",
          .options = AnnealedLangevinOptionTable().Describe(),
          .plan = Plan,
          .example = Example};
}

}  // namespace scoreserve
