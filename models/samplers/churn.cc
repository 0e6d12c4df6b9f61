#include "models/samplers/churn.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "models/samplers/grid.h"

namespace scoreserve {

Churn::Churn(const ChurnOptions& options, int64_t num_steps,
             const SamplerTarget& target)
    : options_(options),
      process_(*target.process),
      growth_(std::min(options.s_churn / static_cast<double>(num_steps),
                       std::numbers::sqrt2 - 1.0)),
      highest_(process_.At(LatestTime(target)).ratio()) {}

Level Churn::Raised(const Level& level) const {
  const double u = level.ratio();
  if (!(u > 0.0) || u < options_.s_tmin || u > options_.s_tmax) return level;
  const double raised = std::min(u * (1.0 + growth_), highest_);
  return raised > u ? process_.AtRatio(raised) : level;
}

// x ← keep·x + noise·z.
StartMap Churn::MapFrom(const Level& level, const Level& raised) const {
  const double u = level.ratio(), v = raised.ratio();
  const double spread = std::max(0.0, (v - u) * (v + u));
  return {.keep = raised.alpha / level.alpha,
          .noise = options_.s_noise * raised.alpha * std::sqrt(spread)};
}

void Churn::RaiseEnd(const Level& level, Step& step) const {
  const Level raised = Raised(level);
  const StartMap map = MapFrom(level, raised);
  step.xx *= map.keep;
  step.xy *= map.keep;
  step.xs *= map.keep;
  step.xz = std::hypot(step.xz * map.keep, map.noise);
  step.end_alpha = raised.alpha;
  step.end_sigma = raised.sigma;
}

void Churn::RaiseStart(const Level& level, SamplerPlan& plan) const {
  const Level raised = Raised(level);
  const StartMap map = MapFrom(level, raised);
  plan.given = map;
  plan.start_scale = std::hypot(map.keep * level.sigma, map.noise);
  plan.noised =
      StartMap{.keep = map.keep * level.alpha, .noise = plan.start_scale};
  plan.start_alpha = raised.alpha;
  plan.start_sigma = raised.sigma;
}

}  // namespace scoreserve
