#include "client/cmd/tune_arguments.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cmd/find_objective.h"
#include "client/cmd/outcome.h"
#include "client/cmd/set_option.h"

namespace scoreserve::ctl {
namespace {

// Objectives and their options, as the server lists them.
struct NamedObjective {
  std::string name;
  OptionValues options;
};

// A usage error names `flag`, which the settings came by.
absl::StatusOr<NamedObjective> ObjectiveOf(
    const ObjectiveList& objectives, const std::string& name,
    const std::string& flag, const std::vector<std::string>& settings) {
  const absl::StatusOr<ObjectiveInfo> objective =
      FindObjective(objectives.objectives, name);
  if (!objective.ok()) return objective.status();
  absl::StatusOr<OptionValues> options =
      TypedOptions(absl::StrCat("the objective '", objective->name, "'"),
                   objective->options, flag, settings);
  if (!options.ok()) return options.status();
  return NamedObjective{.name = objective->name,
                        .options = *std::move(options)};
}

CLI::Option* AddSettings(CLI::App& command, const std::string& flag,
                         std::vector<std::string>& settings,
                         const std::string& help) {
  return command.add_option(flag, settings, help)
      ->take_all()
      ->allow_extra_args(false);
}

void AddTrainingOptions(CLI::App& command, TuneOptions& options) {
  command
      .add_option("--objective", options.objective,
                  "What is minimised; 'scorectl objectives' lists them")
      ->capture_default_str();
  AddSettings(command, "--objective-set", options.objective_settings,
              "OPTION=VALUE, one of the objective's; may be repeated");
  AddSettings(command, "--set", options.trainer_settings,
              "OPTION=VALUE, one of the trainer's; may be repeated");
  command
      .add_option("--steps", options.steps,
                  "The job ends after so many; 0: when it is cancelled")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option("--buffer", options.buffer,
                  "Which rows are trained on: window, the newest; reservoir, a "
                  "uniform sample of all so far")
      ->check(CLI::IsMember({"window", "reservoir"}))
      ->capture_default_str();
  command.add_option("--capacity", options.capacity, "How many rows those are")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 24))
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
}

// What is published, and when.
void AddGateOptions(CLI::App& command, TuneOptions& options) {
  command
      .add_option("--hold-out-share", options.hold_out_share,
                  "The share of rows that versions are compared on, never "
                  "trained on; with 0 nothing is published")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str();
  CLI::Option* const gate =
      command.add_option("--gate-objective", options.gate_objective,
                         "What versions are compared by (what is minimised)");
  AddSettings(command, "--gate-objective-set", options.gate_settings,
              "OPTION=VALUE, one of that objective's; may be repeated")
      ->needs(gate);
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
}

// What the server keeps.
void AddKeepingOptions(CLI::App& command, TuneOptions& options) {
  command
      .add_option("--checkpoint-interval", options.checkpoint_seconds,
                  "Seconds between two checkpoints: what a crash costs at most")
      ->check(CLI::Range(0.1, 1e9))
      ->capture_default_str();
  command
      .add_option("--max-rows", options.max_rows,
                  "Rows of the stream that the job takes, in all")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command
      .add_option("--max-bytes", options.max_bytes,
                  "Bytes of rows that are kept for it")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

}  // namespace

void AddTuneOptions(CLI::App& command, TuneOptions& options) {
  command
      .add_option("MODEL", options.model,
                  "What to start from: NAME, NAME@VERSION or NAME@ALIAS")
      ->required();
  AddTuneDataOptions(command, options.data);
  AddTrainingOptions(command, options);
  AddGateOptions(command, options);
  AddKeepingOptions(command, options);
  command.add_option(
      "--id", options.id,
      "The job's name; the same again goes on with the same job (a new one)");
  command.add_flag("--detach", options.detach,
                   "Leave once the rows are there, and let the job go on");
  AddConnectionOptions(command, options.connection);
}

std::string NewJobId(absl::Time now, uint32_t random) {
  return absl::StrFormat(
      "%s-%04x", absl::FormatTime("%Y%m%d-%H%M%S", now, absl::UTCTimeZone()),
      random % 0x10000);
}

absl::StatusOr<FineTuneSpec> SpecOf(const TuneOptions& options,
                                    const ModelRef& base,
                                    const ObjectiveList& objectives) {
  absl::StatusOr<NamedObjective> objective =
      ObjectiveOf(objectives, options.objective, "--objective-set",
                  options.objective_settings);
  if (!objective.ok()) return objective.status();
  absl::StatusOr<NamedObjective> gate = NamedObjective();
  if (!options.gate_objective.empty()) {
    gate = ObjectiveOf(objectives, options.gate_objective,
                       "--gate-objective-set", options.gate_settings);
    if (!gate.ok()) return gate.status();
  }
  absl::StatusOr<OptionValues> trainer_options =
      TypedOptions("the trainer", objectives.trainer_options, "--set",
                   options.trainer_settings);
  if (!trainer_options.ok()) return trainer_options.status();
  FineTuneSpec spec;
  spec.base = base;
  spec.alias = options.alias;
  spec.objective = std::move(objective->name);
  spec.objective_options = std::move(objective->options);
  spec.trainer_options = *std::move(trainer_options);
  spec.seed = options.seed;
  spec.steps = options.steps;
  spec.policy = options.buffer == "reservoir" ? BufferPolicy::kReservoir
                                              : BufferPolicy::kWindow;
  spec.capacity = options.capacity;
  spec.min_rows = options.min_rows;
  spec.hold_out_share = options.hold_out_share;
  spec.gate_objective = std::move(gate->name);
  spec.gate_objective_options = std::move(gate->options);
  spec.publish_interval = absl::Seconds(options.publish_seconds);
  spec.checkpoint_interval = absl::Seconds(options.checkpoint_seconds);
  spec.max_rows = options.max_rows;
  spec.max_bytes = options.max_bytes;
  return spec;
}

}  // namespace scoreserve::ctl
