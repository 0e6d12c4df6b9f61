#include "models/cmd/train.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ATen/Parallel.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "models/cmd/curve.h"
#include "models/cmd/training_run.h"
#include "models/io/model_repository.h"
#include "models/networks/score_network.h"
#include "models/objectives/objective.h"
#include "models/option_text.h"
#include "models/status.h"
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

// "denoising weight_power=2"
std::string ObjectiveText(const std::string& name, const OptionValues& values) {
  std::string text = name;
  for (const auto& [option, value] : values) {
    absl::StrAppend(&text, " ", option, "=", OptionValueText(value));
  }
  return text;
}

int64_t NumWeights(const NamedArrays& arrays) {
  int64_t count = 0;
  for (const auto& [name, array] : arrays) {
    count += static_cast<int64_t>(array.values.size());
  }
  return count;
}

void PrintSummary(const std::string& path, const TrainingRun& run,
                  const TrainingOutcome& outcome, int64_t num_weights) {
  absl::PrintF("%s: network %s, %d weights\n", path, run.config.network,
               num_weights);
  absl::PrintF("%d training rows, %d held out\n", run.training.size(),
               run.hold_out.size());
  absl::PrintF("loss %.5g", outcome.curve.back().loss);
  if (run.hold_out.size() > 0) {
    absl::PrintF(", hold-out %.5g (%.5g before training)",
                 outcome.curve.back().hold_out, outcome.first_hold_out);
  }
  const double seconds = absl::ToDoubleSeconds(outcome.elapsed);
  absl::PrintF("\n%d steps in %.1f s, %.1f steps/s\n", run.options.steps,
               seconds, static_cast<double>(run.options.steps) / seconds);
}

}  // namespace

// Network, process and label, before the data is known.
absl::StatusOr<ModelConfig> TrainCommand::Config() const {
  ModelConfig config;
  config.network = network_;
  config.description = description_.empty()
                           ? absl::StrCat("Trained on ", data_.data, ".")
                           : description_;
  absl::StatusOr<const NetworkKind*> kind = FindNetworkKind(network_);
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

absl::StatusOr<TrainingRun> TrainCommand::Prepare() const {
  TrainingRun run;
  absl::StatusOr<ModelConfig> config = Config();
  if (!config.ok()) return config.status();
  absl::StatusOr<OptionValues> objective_options =
      ParseOptionSettings("objective-set", objective_settings_);
  if (!objective_options.ok()) return objective_options.status();
  absl::StatusOr<std::unique_ptr<Objective>> objective =
      NewObjective(objective_, *objective_options, *config);
  if (!objective.ok()) return objective.status();
  absl::StatusOr<TrainerOptions> options =
      ParseTrainerOptions(trainer_settings_);
  if (!options.ok()) return options.status();
  run.options = *options;

  absl::StatusOr<DataOptions> data_options = data_.Parse();
  if (!data_options.ok()) return data_options.status();
  absl::StatusOr<DataSet> data = ReadDataSet(*data_options);
  if (!data.ok()) return data.status();
  config->data = data->space;
  config->classes = data->classes;
  run.training =
      ToModelSpace(data->training, data->training_classes, data->space);
  run.hold_out =
      ToModelSpace(data->hold_out, data->hold_out_classes, data->space);
  config->provenance = {
      {"data", data_.data},
      {"hold_out_every", absl::StrCat(data_.hold_out_every)},
      {"objective", ObjectiveText(objective_, *objective_options)},
      {"seed", absl::StrCat(seed_)},
      {"training",
       absl::StrJoin(trainer_settings_, " ", absl::PairFormatter("="))},
      {"training_rows", absl::StrCat(run.training.size())},
  };
  if (data->classes > 0) {
    config->provenance["class_column"] = absl::StrCat(data_.class_column);
  }
  absl::StatusOr<std::unique_ptr<Trainer>> trainer =
      Trainer::New(*config, *std::move(objective), run.options, seed_);
  if (!trainer.ok()) return trainer.status();
  run.config = *std::move(config);
  run.trainer = *std::move(trainer);
  return run;
}

absl::Status TrainCommand::Run(const std::atomic<bool>& stop) const {
  at::set_num_threads(threads_);
  if (repository_.empty()) {
    return InvalidField("repository",
                        "repository must be given: --repository FOLDER");
  }
  absl::Status named = CheckModelName("model", model_);
  if (!named.ok()) return named;
  absl::StatusOr<TrainingRun> run = Prepare();
  if (!run.ok()) return run.status();
  absl::StatusOr<TrainingOutcome> outcome = RunTraining(*run, log_every_, stop);
  if (!outcome.ok()) return outcome.status();
  return Publish(*run, *outcome);
}

absl::Status TrainCommand::Publish(TrainingRun& run,
                                   const TrainingOutcome& outcome) const {
  if (run.hold_out.size() > 0) {
    run.config.provenance["hold_out_loss"] =
        absl::StrFormat("%.6g", outcome.curve.back().hold_out);
  }
  const ModelFiles files = {.config = run.config,
                            .arrays = run.trainer->EmaWeights()};
  absl::StatusOr<std::map<std::string, std::string>> extra =
      CurveFiles(outcome.curve);
  if (!extra.ok()) return extra.status();
  absl::StatusOr<int64_t> version =
      ModelRepository(repository_).Write(model_, files, *extra);
  if (!version.ok()) return version.status();
  PrintSummary(absl::StrCat(repository_, "/", model_, "/", *version), run,
               outcome, NumWeights(files.arrays));
  return absl::OkStatus();
}

}  // namespace scoreserve
