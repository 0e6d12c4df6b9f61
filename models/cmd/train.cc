#include "models/cmd/train.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/Parallel.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "models/cmd/curve.h"
#include "models/cmd/progress.h"
#include "models/io/model_repository.h"
#include "models/networks/score_network.h"
#include "models/objectives/objective.h"
#include "models/option_text.h"
#include "models/status.h"
#include "models/training/trainer.h"

namespace scoreserve {
namespace {

constexpr int64_t kCurvePoints = 50;

// Everything that is decided before the first step.
struct Plan {
  ModelConfig config;
  TrainerOptions options;
  at::Tensor training, hold_out;
  std::unique_ptr<Trainer> trainer;
};

struct Outcome {
  std::vector<CurvePoint> curve;
  double first_hold_out = std::numeric_limits<double>::quiet_NaN();
  absl::Duration elapsed;
};

absl::StatusOr<LabelRule> Label(const NetworkKind& network,
                                const std::string& range) {
  LabelRule label = network.usual_label;
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

std::string SettingsText(const OptionValues& values) {
  return absl::StrJoin(values, " ", [](std::string* out, const auto& value) {
    absl::StrAppend(out, value.first, "=", OptionValueText(value.second));
  });
}

absl::StatusOr<Outcome> Loop(Plan& plan, double log_every,
                             const std::atomic<bool>& stop) {
  Outcome outcome;
  const bool held_out = plan.hold_out.size(0) > 0;
  const int64_t every = std::max<int64_t>(1, plan.options.steps / kCurvePoints);
  double hold_out_loss = outcome.first_hold_out;
  if (held_out) {
    outcome.first_hold_out = hold_out_loss =
        plan.trainer->HoldOutLoss(plan.hold_out);
  }
  const absl::Time start = absl::Now();
  Progress progress(stderr, isatty(STDERR_FILENO) != 0,
                    absl::Seconds(log_every), plan.options.steps, start);
  double sum = 0.0;
  int64_t summed = 0;
  for (int64_t step = 1; step <= plan.options.steps; ++step) {
    absl::StatusOr<double> loss = plan.trainer->Step(plan.training);
    if (!loss.ok() || stop) progress.Finish();
    if (!loss.ok()) return loss.status();
    if (stop) {
      return absl::CancelledError(absl::StrCat("interrupted after step ", step,
                                               "; nothing is written"));
    }
    sum += *loss;
    ++summed;
    const double mean = sum / static_cast<double>(summed);
    if (step % every == 0 || step == plan.options.steps) {
      if (held_out) hold_out_loss = plan.trainer->HoldOutLoss(plan.hold_out);
      outcome.curve.push_back(
          {.step = step, .loss = mean, .hold_out = hold_out_loss});
      sum = 0.0;
      summed = 0;
    }
    progress.Update(step, mean, hold_out_loss, absl::Now());
  }
  progress.Finish();
  outcome.elapsed = absl::Now() - start;
  return outcome;
}

int64_t NumWeights(const NamedArrays& arrays) {
  int64_t count = 0;
  for (const auto& [name, array] : arrays) {
    count += static_cast<int64_t>(array.values.size());
  }
  return count;
}

void PrintSummary(const std::string& path, const Plan& plan,
                  const Outcome& outcome, int64_t num_weights) {
  const double seconds = absl::ToDoubleSeconds(outcome.elapsed);
  std::printf("%s: network %s, %d weights\n", path.c_str(),
              plan.config.network.c_str(), static_cast<int>(num_weights));
  std::printf("%d training rows, %d held out\n",
              static_cast<int>(plan.training.size(0)),
              static_cast<int>(plan.hold_out.size(0)));
  std::printf("loss %.5g", outcome.curve.back().loss);
  if (plan.hold_out.size(0) > 0) {
    std::printf(", hold-out %.5g (%.5g before training)",
                outcome.curve.back().hold_out, outcome.first_hold_out);
  }
  std::printf("\n%d steps in %.1f s, %.1f steps/s\n",
              static_cast<int>(plan.options.steps), seconds,
              static_cast<double>(plan.options.steps) / seconds);
}

}  // namespace

absl::Status TrainCommand::Run(const std::atomic<bool>& stop) const {
  at::set_num_threads(threads_);
  if (repository_.empty()) {
    return InvalidField("repository",
                        "repository must be given: --repository FOLDER");
  }
  absl::Status named = CheckModelName("model", model_);
  if (!named.ok()) return named;

  Plan plan;
  ModelConfig& config = plan.config;
  config.network = network_;
  absl::StatusOr<OptionValues> network_options =
      ParseOptionSettings("set", network_settings_);
  if (!network_options.ok()) return network_options.status();
  config.network_options = *network_options;
  absl::StatusOr<const NetworkKind*> kind = FindNetworkKind(network_);
  if (!kind.ok()) return kind.status();
  // Written out, so that a version does not change with our defaults.
  for (const OptionDescription& option : (*kind)->options) {
    config.network_options.emplace(option.name, option.default_value);
  }
  absl::StatusOr<LabelRule> label = Label(**kind, label_range_);
  if (!label.ok()) return label.status();
  config.label = *label;
  absl::StatusOr<OptionValues> objective_options =
      ParseOptionSettings("objective-set", objective_settings_);
  if (!objective_options.ok()) return objective_options.status();
  absl::StatusOr<std::unique_ptr<Objective>> objective =
      NewObjective(objective_, *objective_options, config.label);
  if (!objective.ok()) return objective.status();
  absl::StatusOr<TrainerOptions> options =
      ParseTrainerOptions(trainer_settings_);
  if (!options.ok()) return options.status();
  plan.options = *options;

  absl::StatusOr<DataOptions> data_options = data_.Parse();
  if (!data_options.ok()) return data_options.status();
  absl::StatusOr<DataSet> data = ReadDataSet(*data_options);
  if (!data.ok()) return data.status();
  config.data = data->space;
  plan.training = ToModelSpace(data->training, config.data);
  plan.hold_out = ToModelSpace(data->hold_out, config.data);

  absl::StatusOr<std::unique_ptr<Trainer>> trainer =
      Trainer::New(config, *std::move(objective), plan.options, seed_);
  if (!trainer.ok()) return trainer.status();
  plan.trainer = *std::move(trainer);

  absl::StatusOr<Outcome> outcome = Loop(plan, log_every_, stop);
  if (!outcome.ok()) return outcome.status();

  config.description = description_.empty()
                           ? absl::StrCat("Trained on ", data_.data, ".")
                           : description_;
  config.provenance = {
      {"data", data_.data},
      {"hold_out_every", absl::StrCat(data_.hold_out_every)},
      {"objective",
       absl::StrCat(objective_, " ", SettingsText(*objective_options))},
      {"seed", absl::StrCat(seed_)},
      {"training",
       absl::StrJoin(trainer_settings_, " ", absl::PairFormatter("="))},
      {"training_rows", absl::StrCat(plan.training.size(0))},
  };
  if (plan.hold_out.size(0) > 0) {
    config.provenance["hold_out_loss"] =
        absl::StrFormat("%.6g", outcome->curve.back().hold_out);
  }
  const NamedArrays weights = plan.trainer->EmaWeights();
  absl::StatusOr<std::map<std::string, std::string>> extra =
      CurveFiles(outcome->curve);
  if (!extra.ok()) return extra.status();
  absl::StatusOr<int64_t> version =
      ModelRepository(repository_)
          .Write(model_, {.config = config, .arrays = weights}, *extra);
  if (!version.ok()) return version.status();
  PrintSummary(absl::StrCat(repository_, "/", model_, "/", *version), plan,
               *outcome, NumWeights(weights));
  return absl::OkStatus();
}

}  // namespace scoreserve
