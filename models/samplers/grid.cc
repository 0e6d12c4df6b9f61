#include "models/samplers/grid.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "models/io/model_config.h"
#include "models/status.h"

namespace scoreserve {
namespace {

absl::Status Check(const GridOptions& options, const SamplerTarget& target) {
  absl::Status status =
      CheckChoice("grid", options.grid, {"auto", "uniform", "log", "karras"});
  if (status.ok()) {
    status =
        CheckChoice("end", options.end, {"none", "mean", "denoise", "to_zero"});
  }
  if (status.ok() && target.process == nullptr) {
    status = WithReason(
        absl::InvalidArgumentError(
            "this sampler needs a network labelled by the time of a noise "
            "process or by a range of noise levels"),
        Reason::kUnsuitableModel);
  }
  return status;
}

absl::StatusOr<std::vector<Level>> UniformLevels(const GridOptions& options,
                                                 const NoiseProcess& process,
                                                 double first, double last,
                                                 int64_t count) {
  last = std::max(last, options.end_time);
  if (!(last < first)) {
    return InvalidField(
        "end_time",
        absl::StrCat("less than ", first, ", where the grid starts"),
        absl::StrCat(last));
  }
  std::vector<Level> levels;
  for (int64_t i = 0; i < count; ++i) {
    const double part =
        count == 1 ? 0.0
                   : static_cast<double>(i) / static_cast<double>(count - 1);
    // The last is exactly what was asked for.
    levels.push_back(
        process.At(part == 1.0 ? last : first - (first - last) * part));
  }
  return levels;
}

absl::StatusOr<std::vector<Level>> RatioLevels(const GridOptions& options,
                                               const NoiseProcess& process,
                                               double first, double last,
                                               int64_t count) {
  const double high = std::min(options.ratio_max, process.At(first).ratio());
  const double low = std::max(options.ratio_min, process.At(last).ratio());
  if (!(low < high)) {
    return InvalidField(
        "ratio_min",
        absl::StrCat("less than ", high, ", where the grid starts"),
        absl::StrCat(low));
  }
  const bool karras = options.grid == "karras";
  const double root = 1.0 / options.rho;
  std::vector<Level> levels;
  for (int64_t i = 0; i < count; ++i) {
    const double part =
        count == 1 ? 0.0
                   : static_cast<double>(i) / static_cast<double>(count - 1);
    double u =
        karras ? std::pow(std::pow(high, root) + part * (std::pow(low, root) -
                                                         std::pow(high, root)),
                          options.rho)
               : high * std::pow(low / high, part);
    if (part == 0.0) u = high;  // Both ends are exact.
    if (part == 1.0) u = low;
    Level level = process.AtRatio(u);
    level.time = std::clamp(level.time, last, first);  // A rounding.
    levels.push_back(level);
  }
  return levels;
}

}  // namespace

absl::Status CheckChoice(absl::string_view option, absl::string_view value,
                         std::initializer_list<absl::string_view> choices) {
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) {
    return absl::OkStatus();
  }
  return InvalidField(option,
                      absl::StrCat("one of ", absl::StrJoin(choices, ", ")),
                      absl::StrCat("'", value, "'"));
}

double EarliestTime(const SamplerTarget& target) {
  return target.label.kind == LabelKind::kTime ? target.label.min : 0.0;
}

double LatestTime(const SamplerTarget& target) {
  return target.label.kind == LabelKind::kTime
             ? std::min(NoiseProcess::kEnd, target.label.max)
             : NoiseProcess::kEnd;
}

absl::StatusOr<std::vector<Level>> GridOf(const GridOptions& options,
                                          const SamplerTarget& target) {
  const absl::Status checked = Check(options, target);
  if (!checked.ok()) return checked;
  const NoiseProcess& process = *target.process;
  const double first = std::min(LatestTime(target), options.start_time);
  const double last = EarliestTime(target);
  const bool to_zero = options.end == "to_zero";
  const int64_t count = options.num_steps + (to_zero ? 0 : 1);
  const bool uniform = options.grid == "uniform" ||
                       (options.grid == "auto" && process.uniform_in_time());
  absl::StatusOr<std::vector<Level>> levels =
      uniform ? UniformLevels(options, process, first, last, count)
              : RatioLevels(options, process, first, last, count);
  if (!levels.ok()) return levels;
  if (levels->back().sigma == 0.0 && (to_zero || options.end == "denoise")) {
    return InvalidField(
        "end_time", absl::StrCat("more than 0 with end '", options.end, "'"),
        absl::StrCat(levels->back().time));
  }
  if (to_zero) levels->push_back(Level{});
  return levels;
}

}  // namespace scoreserve
