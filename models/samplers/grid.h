// The noise levels that a sampler of diffusions goes down.

#ifndef SCORESERVE_MODELS_SAMPLERS_GRID_H_
#define SCORESERVE_MODELS_SAMPLERS_GRID_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/options.h"
#include "models/processes/noise_process.h"
#include "models/samplers/sampler.h"

namespace scoreserve {

// The options of every sampler of diffusions, from which its own are derived.
struct GridOptions {
  int64_t num_steps = 50;
  std::string grid = "auto";
  double rho = 7.0;
  double ratio_min = 0.002;
  double ratio_max = 80.0;
  double start_time = 1.0;
  double end_time = 1e-3;
  std::string end = "to_zero";
};

// The rows of a table of options O, derived from GridOptions, followed by
// `own`.
template <typename O>
std::vector<Option<O>> WithGrid(std::vector<Option<O>> own) {
  std::vector<Option<O>> all = {
      {"num_steps", &O::num_steps, Between(1, 10'000),
       "Steps from the first level to the last."},
      {"grid",
       &O::grid,
       {},
       "How levels are spread: uniform in time, log (evenly in log σ/α), "
       "karras "
       "(evenly in (σ/α)^(1/rho)), or auto: uniform for vp and subvp, log for "
       "ve, rve and noise levels."},
      {"rho", &O::rho, Between(1.0, 100.0), "ρ of the grid karras."},
      {"ratio_min", &O::ratio_min, Positive(),
       "The lowest σ/α of the grids log and karras, brought into the range of "
       "the process and of the network's label."},
      {"ratio_max", &O::ratio_max, Positive(),
       "The highest σ/α of the grids log and karras, brought into range "
       "likewise."},
      {"start_time", &O::start_time,
       Range{.min = 0.0, .max = 1.0, .min_included = false},
       "The latest time, of every grid: less than 1 to start from given rows "
       "with some noise."},
      {"end_time", &O::end_time, Between(0.0, 1.0),
       "The last time of the grid uniform, brought into range likewise."},
      {"end",
       &O::end,
       {},
       "How it ends: none, mean (no noise in the last step), denoise (one more "
       "evaluation takes the last level's noise away) or to_zero (the last "
       "step goes to clean data)."},
  };
  for (Option<O>& option : own) all.push_back(std::move(option));
  return all;
}

// OK where `value` is one of `choices`; INVALID_ARGUMENT naming the option.
absl::Status CheckChoice(absl::string_view option, absl::string_view value,
                         std::initializer_list<absl::string_view> choices);

// The levels that num_steps steps lie between, falling, one more than steps. A
// level given as u = σ/α has t = t(u), α = α(t), σ = αu. All but the last of
// `to_zero`, which is clean data (t = 0, α = 1, σ = 0), lie in the range of the
// process and of the label.
//
//   uniform  t_i = t_start − (t_start − t_end)·i/(n−1)
//   log      u_i geometric
//   karras   u_i = (u_max^(1/ρ) + i/(n−1)·(u_min^(1/ρ) − u_max^(1/ρ)))^ρ
//
// (Karras et al. 2022, eq. 5), n the number of levels without clean data.
// INVALID_ARGUMENT naming the option where a choice is unknown, or the range is
// empty; UNSUITABLE_MODEL where the target has no process.
absl::StatusOr<std::vector<Level>> GridOf(const GridOptions& options,
                                          const SamplerTarget& target);

// The earliest and the latest time that the label of `target` admits. Requires
// a process.
double EarliestTime(const SamplerTarget& target);
double LatestTime(const SamplerTarget& target);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_GRID_H_
