#include "client/cmd/tune_arguments.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "client/cmd/find_objective.h"
#include "client/cmd/outcome.h"
#include "client/cmd/set_option.h"

namespace scoreserve::ctl {

void AddTuneOptions(CLI::App& command, TuneOptions& options) {
  command
      .add_option("MODEL", options.model,
                  "What to start from: NAME, NAME@VERSION or NAME@ALIAS")
      ->required();
  command
      .add_option("--data", options.data,
                  "Rows to learn from, in data space: a .csv, .csv.gz or .npy "
                  "file, or - for csv on standard input")
      ->required();
  command.add_option("--columns", options.columns,
                     "Only these columns of it: FIRST:END, END not included");
  command
      .add_option("--objective", options.objective,
                  "What is minimised; 'scorectl objectives' lists them")
      ->capture_default_str();
  command
      .add_option("--objective-set", options.objective_settings,
                  "OPTION=VALUE, one of the objective's; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  command
      .add_option("--set", options.trainer_settings,
                  "OPTION=VALUE, one of the trainer's; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  command
      .add_option("--steps", options.steps,
                  "The job ends after so many; 0: when it is cancelled")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option("--min-rows", options.min_rows,
                  "Training begins once so many rows are there to be trained "
                  "on; 0: as many as a batch has")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option("--seed", options.seed,
                  "Decides which rows are held out, batches and noise")
      ->capture_default_str();
  command
      .add_option("--hold-out-share", options.hold_out_share,
                  "The share of rows that versions are compared on, never "
                  "trained on; with 0 nothing is published")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str();
  command
      .add_option("--publish-interval", options.publish_seconds,
                  "Seconds between two comparisons, at least")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option("--alias", options.alias,
                  "Whose version has to be beaten, and which publishing moves")
      ->check(CLI::IsMember({"stable", "canary"}))
      ->capture_default_str();
  command.add_option(
      "--id", options.id,
      "The job's name; the same again goes on with the same job (a new one)");
  command.add_flag("--detach", options.detach,
                   "Leave once the rows are there, and let the job go on");
  AddConnectionOptions(command, options.connection);
}

absl::StatusOr<Rows> SelectColumns(const std::string& columns, Rows rows) {
  if (columns.empty()) return rows;
  const std::vector<std::string> ends = absl::StrSplit(columns, ':');
  int64_t first = 0, end = 0;
  if (ends.size() != 2 || !absl::SimpleAtoi(ends[0], &first) ||
      !absl::SimpleAtoi(ends[1], &end) || first < 0 || end <= first ||
      end > rows.dim) {
    return UsageError(
        absl::StrCat("--columns must be FIRST:END inside 0:", rows.dim,
                     ", the file's; was '", columns, "'"));
  }
  Rows selected = {.dim = end - first, .values = {}};
  selected.values.reserve(static_cast<size_t>(rows.rows() * selected.dim));
  for (int64_t i = 0; i < rows.rows(); ++i) {
    selected.values.insert(selected.values.end(), rows.row(i) + first,
                           rows.row(i) + end);
  }
  return selected;
}

std::string NewJobId(absl::Time now, uint32_t random) {
  return absl::StrFormat(
      "%s-%04x", absl::FormatTime("%Y%m%d-%H%M%S", now, absl::UTCTimeZone()),
      random % 0x10000);
}

absl::StatusOr<FineTuneSpec> SpecOf(const TuneOptions& options,
                                    const ModelRef& base,
                                    const ObjectiveList& objectives) {
  const absl::StatusOr<ObjectiveInfo> objective =
      FindObjective(objectives.objectives, options.objective);
  if (!objective.ok()) return objective.status();
  absl::StatusOr<OptionValues> objective_options = TypedOptions(
      absl::StrCat("the objective '", objective->name, "'"), objective->options,
      "--objective-set", options.objective_settings);
  if (!objective_options.ok()) return objective_options.status();
  absl::StatusOr<OptionValues> trainer_options =
      TypedOptions("the trainer", objectives.trainer_options, "--set",
                   options.trainer_settings);
  if (!trainer_options.ok()) return trainer_options.status();
  FineTuneSpec spec;
  spec.base = base;
  spec.alias = options.alias;
  spec.objective = objective->name;
  spec.objective_options = *std::move(objective_options);
  spec.trainer_options = *std::move(trainer_options);
  spec.seed = options.seed;
  spec.steps = options.steps;
  spec.min_rows = options.min_rows;
  spec.hold_out_share = options.hold_out_share;
  spec.publish_interval = absl::Seconds(options.publish_seconds);
  return spec;
}

}  // namespace scoreserve::ctl
