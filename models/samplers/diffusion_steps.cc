#include "models/samplers/diffusion_steps.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// V, in the form that does not cancel.
double TransitionVariance(const Level& from, const Level& to) {
  const double u = from.ratio(), v = to.ratio();
  return from.alpha * from.alpha * (u - v) * (u + v);
}

Step EndingAt(const Level& to, Step step) {
  step.end_alpha = to.alpha;
  step.end_sigma = to.sigma;
  return step;
}

}  // namespace

Step FirstOrderStep(const Level& from, const Level& to, double eta,
                    bool large_variance) {
  const double variance = TransitionVariance(from, to);
  const double w = eta * (to.sigma / from.sigma) * std::sqrt(variance);
  const double kept = std::max(0.0, (to.sigma - w) * (to.sigma + w));
  const bool large = large_variance && to.sigma > 0.0;
  return EndingAt(
      to, {.xx = to.alpha / from.alpha,
           .xs = from.sigma * (to.alpha * from.ratio() - std::sqrt(kept)),
           .xz = large ? std::sqrt(variance) : w});
}

Step EulerMaruyamaStep(const NoiseProcess& process, const Level& from,
                       const Level& to, double lambda) {
  const double delta = from.time - to.time;
  const double diffusion = process.SquaredDiffusion(from.time) * delta;
  return EndingAt(to, {.xx = 1.0 - process.Drift(from.time) * delta,
                       .xs = (1.0 - 0.5 * lambda) * diffusion,
                       .xz = std::sqrt((1.0 - lambda) * diffusion)});
}

Step ReverseDiffusionStep(const Level& from, const Level& to, double lambda) {
  const double ratio = from.alpha / to.alpha;
  const double increment =
      ratio == 1.0 ? (from.sigma - to.sigma) * (from.sigma + to.sigma)
                   : (1.0 - ratio) * (1.0 + ratio);
  return EndingAt(to, {.xx = 2.0 - ratio,
                       .xs = (1.0 - 0.5 * lambda) * increment,
                       .xz = std::sqrt((1.0 - lambda) * increment)});
}

absl::Status CheckIncrements(absl::string_view what,
                             const SamplerTarget& target) {
  if (target.process->has_increments()) return absl::OkStatus();
  return WithReason(
      absl::InvalidArgumentError(absl::StrCat(
          what,
          " needs a process whose increments exist in closed form; this "
          "network's has none")),
      Reason::kUnsuitableModel);
}

Step DenoiseStep(const Level& from) {
  return EndingAt(Level{}, {.xx = 1.0 / from.alpha,
                            .xs = from.sigma * from.sigma / from.alpha});
}

Step StayStep(const Level& from, const Level& to) {
  const double variance = TransitionVariance(from, to);
  const double part = variance / (from.sigma * from.sigma);
  return EndingAt(from,
                  {.xs = variance, .xz = std::sqrt(variance * (2.0 - part))});
}

Step Labelled(Step step, const SamplerTarget& target, const Level& from) {
  step.label = target.LabelOf(from);
  return step;
}

void EndAs(const std::string& end, const Level& last,
           const SamplerTarget& target, std::vector<Phase>& phases) {
  if (end == "mean") phases.back().cycle.back().xz = 0.0;
  if (end == "denoise") {
    phases.push_back({.cycle = {Labelled(DenoiseStep(last), target, last)}});
  }
}

SamplerPlan PlanFrom(std::vector<Phase> phases, const Level& first) {
  return {.table = StepTable(std::move(phases)),
          .start_scale = first.sigma,
          .noised = StartMap{.keep = first.alpha, .noise = first.sigma},
          .start_alpha = first.alpha,
          .start_sigma = first.sigma};
}

}  // namespace scoreserve
