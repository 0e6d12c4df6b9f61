#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/cmd/start_from.h"
#include "models/cmd/train.h"
#include "models/cmd/training_run.h"
#include "models/io/safetensors.h"
#include "models/io/sha256.h"
#include "models/networks/score_network.h"
#include "models/objectives/objective.h"
#include "models/option_text.h"
#include "models/status.h"
#include "models/training/data_check.h"
#include "models/training/run_identity.h"
#include "models/training/trainer.h"

namespace scoreserve {
namespace {

// The first time of a process is not 0, at which networks that learn would have
// to know the data itself.
constexpr LabelRule kTimes = {LabelKind::kTime, 0.001, 1.0};

absl::StatusOr<LabelRule> Label(const NetworkKind& network, bool timed,
                                const std::string& range) {
  LabelRule label = timed ? kTimes : network.usual_label;
  if (range.empty()) return label;
  if (label.kind == LabelKind::kNone) {
    return InvalidField(
        "label-range",
        absl::StrCat("absent: network '", network.name, "' takes no label"),
        range);
  }
  absl::StatusOr<std::pair<double, double>> interval =
      ParseInterval("label-range", range);
  if (!interval.ok()) return interval.status();
  label.min = interval->first;
  label.max = interval->second;
  return label;
}

absl::StatusOr<TrainerOptions> ParseTrainerOptions(
    const std::map<std::string, std::string>& settings) {
  OptionValues values;
  for (const auto& [name, text] : settings)
    values[name] = ParseOptionValue(text);
  absl::StatusOr<TrainerOptions> options = TrainerOptionTable().Parse(values);
  if (options.ok() && options->steps == 0) {
    return InvalidField("steps", "more than 0", "0");
  }
  return options;
}

// Of data that cannot be read it is the caller to blame, whatever the code.
absl::StatusOr<DataSet> ReadData(const DataOptions& options) {
  absl::StatusOr<DataSet> data = ReadDataSet(options);
  if (data.ok() || absl::IsInvalidArgument(data.status())) return data;
  return InvalidField("data", data.status().message());
}

// "denoising weight_power=2"
std::string ObjectiveText(const std::string& name, const OptionValues& values) {
  std::string text = name;
  for (const auto& [option, value] : values) {
    absl::StrAppend(&text, " ", option, "=", OptionValueText(value));
  }
  return text;
}

}  // namespace

// Network, process and label, before the data is known.
absl::StatusOr<ModelConfig> TrainCommand::Config() const {
  ModelConfig config;
  config.network = network_.empty() ? "residual_mlp" : network_;
  config.description = description_.empty()
                           ? absl::StrCat("Trained on ", data_.data, ".")
                           : description_;
  absl::StatusOr<const NetworkKind*> kind = FindNetworkKind(config.network);
  if (!kind.ok()) return kind.status();
  absl::StatusOr<OptionValues> options =
      ParseOptionSettings("set", network_settings_);
  if (!options.ok()) return options.status();
  config.network_options = *std::move(options);
  // Written out, so that a version does not change with our defaults.
  for (const OptionDescription& option : (*kind)->options) {
    config.network_options.emplace(option.name, option.default_value);
  }
  absl::StatusOr<std::optional<ProcessConfig>> process = process_.Parse();
  if (!process.ok()) return process.status();
  config.process = *std::move(process);
  absl::StatusOr<LabelRule> label =
      Label(**kind, config.process.has_value(), label_range_);
  if (!label.ok()) return label.status();
  config.label = *label;
  return config;
}

absl::StatusOr<ModelConfig> TrainCommand::ConfigOfStart(
    TrainingRun& run) const {
  const std::pair<const char*, bool> decided[] = {
      {"network", !network_.empty()},  {"set", !network_settings_.empty()},
      {"process", process_.given()},   {"label-range", !label_range_.empty()},
      {"shape", !data_.shape.empty()}, {"offset", !data_.offset.empty()},
      {"scale", !data_.scale.empty()}, {"range", !data_.range.empty()}};
  for (const auto& [name, given] : decided) {
    if (!given) continue;
    return InvalidField(
        name, "absent where start-from is, whose version decides it", "given");
  }
  absl::StatusOr<StartVersion> start = ReadStart(start_from_);
  if (!start.ok()) return start.status();
  ModelConfig config = std::move(start->files.config);
  config.description =
      description_.empty()
          ? absl::StrCat("Trained on ", data_.data, ", from ", start->name, ".")
          : description_;
  config.provenance = {{"start_from", start->name}};
  run.start = std::move(start->files.arrays);
  return config;
}

absl::StatusOr<TrainingRun> TrainCommand::Prepare() const {
  TrainingRun run;
  run.objective = objective_;
  run.first_seed = seed_;
  run.seeds = seeds_;
  absl::StatusOr<ModelConfig> config =
      start_from_.empty() ? Config() : ConfigOfStart(run);
  if (!config.ok()) return config.status();
  run.config = *std::move(config);
  absl::StatusOr<OptionValues> objective_options =
      ParseOptionSettings("objective-set", objective_settings_);
  if (!objective_options.ok()) return objective_options.status();
  run.objective_options = *std::move(objective_options);
  const absl::StatusOr<std::unique_ptr<Objective>> objective =
      NewObjective(run.objective, run.objective_options, run.config);
  if (!objective.ok()) return objective.status();
  absl::StatusOr<TrainerOptions> options =
      ParseTrainerOptions(trainer_settings_);
  if (!options.ok()) return options.status();
  run.options = *options;

  absl::Status read = ReadRowsFor(**objective, run);
  if (!read.ok()) return read;
  // Whatever a trainer refuses, it refuses before the first step.
  const absl::StatusOr<std::unique_ptr<Trainer>> trainer =
      run.NewTrainer(seed_);
  if (!trainer.ok()) return trainer.status();
  run.identity = Identity(run);
  return run;
}

// The data, and what the config says of it.
absl::Status TrainCommand::ReadRowsFor(const Objective& objective,
                                       TrainingRun& run) const {
  absl::StatusOr<DataOptions> data_options = data_.Parse();
  if (!data_options.ok()) return data_options.status();
  if (run.start.has_value()) UseDataSpace(run.config.data, *data_options);
  absl::StatusOr<DataSet> data = ReadData(*data_options);
  if (!data.ok()) return data.status();
  const bool noised =
      run.options.dequantise > 0.0 || run.options.data_noise > 0.0;
  if (objective.estimand() == Estimand::kClean && !noised) {
    absl::Status density = CheckHasDensity(
        data->training, data_options->first_column, run.objective);
    if (!density.ok()) return density;
  }
  if (seeds_ > 1 && data->hold_out.rows() == 0) {
    return InvalidField("seeds",
                        absl::StrCat("seeds must be 1 where no row is held "
                                     "out, as there is no loss to choose by; "
                                     "was ",
                                     seeds_));
  }
  run.training =
      ToModelSpace(data->training, data->training_classes, data->space);
  run.hold_out =
      ToModelSpace(data->hold_out, data->hold_out_classes, data->space);
  run.config.data = data->space;
  if (run.start.has_value()) {
    absl::Status classes = CheckClasses(data->classes, run.config.classes);
    if (!classes.ok()) return classes;
  } else {
    run.config.classes = data->classes;
  }
  std::map<std::string, std::string>& provenance = run.config.provenance;
  provenance["data"] = data_.data;
  provenance["hold_out_every"] = absl::StrCat(data_.hold_out_every);
  provenance["objective"] = ObjectiveText(run.objective, run.objective_options);
  provenance["seed"] = absl::StrCat(seed_);
  provenance["training"] =
      absl::StrJoin(trainer_settings_, " ", absl::PairFormatter("="));
  provenance["training_rows"] = absl::StrCat(run.training.size());
  if (data->classes > 0) {
    provenance["class_column"] = absl::StrCat(data_.class_column);
  }
  return absl::OkStatus();
}

// By the names that the arguments have, as far as there are arguments for it.
RunIdentity TrainCommand::Identity(const TrainingRun& run) const {
  RunIdentity identity = IdentityOf(run.config);
  identity["data"] = IdentityOf(run.training, run.hold_out);
  if (run.start.has_value()) {
    identity["start-from"] = absl::StrCat(
        "weights of sha256 ", Sha256Hex(SerializeSafetensors(*run.start)));
  }
  identity["seed"] = absl::StrCat(seed_);
  identity["seeds"] = absl::StrCat(seeds_);
  identity["threads"] = absl::StrCat(threads_);
  for (const auto& [name, text] : trainer_settings_) {
    identity[name] = ExactText(ParseOptionValue(text));
  }
  identity["objective"] = run.objective;
  OptionValues options = run.objective_options;
  for (const ObjectiveKind& kind : ObjectiveKinds()) {
    if (kind.name != run.objective) continue;
    for (const OptionDescription& option : kind.options) {
      options.emplace(option.name, option.default_value);
    }
  }
  for (const auto& [name, value] : options) {
    identity[absl::StrCat("objective_options.", name)] = ExactText(value);
  }
  return identity;
}

}  // namespace scoreserve
