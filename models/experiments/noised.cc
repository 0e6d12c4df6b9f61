#include "models/experiments/noised.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/quality/denoising_error.h"
#include "models/quality/gaussian_fit.h"
#include "models/training/data_set.h"
#include "models/training/trainer.h"

namespace scoreserve {
namespace {

struct Way {
  std::string name, objective;
};
const Way kWays[] = {
    {"DSM", "denoising"}, {"SSM-VR", "sliced"}, {"FD-SSM-VR", "fd_sliced"}};

struct Digits {
  ModelConfig config;
  ConditionedRows training, hold_out;
};

absl::StatusOr<Digits> ReadDigits(const ExperimentSettings& settings) {
  absl::StatusOr<DataSet> data =
      ReadDataSet({.path = absl::StrCat(settings.data, "/digits.csv.gz"),
                   .end_column = 64,
                   .shape = {8, 8},
                   .hold_out_every = 5});
  if (!data.ok()) return data.status();
  Digits digits;
  digits.config.network = "residual_mlp";
  if (settings.brief) {
    digits.config.network_options = {{"width", int64_t{8}},
                                     {"blocks", int64_t{1}}};
  }
  digits.config.data = data->space;
  digits.config.label = {LabelKind::kNoiseLevel, 0.01, 50.0};
  digits.training = {.x = ToModelSpace(data->training, data->space)};
  digits.hold_out = {.x = ToModelSpace(data->hold_out, data->space)};
  return digits;
}

absl::StatusOr<std::unique_ptr<Trainer>> Train(const Digits& digits,
                                               const Way& way,
                                               const TrainerOptions& options,
                                               uint64_t seed) {
  auto objective = NewObjective(way.objective, {}, digits.config);
  if (!objective.ok()) return objective.status();
  auto trainer =
      Trainer::New(digits.config, *std::move(objective), options, seed);
  if (!trainer.ok()) return trainer.status();
  for (int64_t step = 0; step < options.steps; ++step) {
    const absl::Status done = (*trainer)->Step(digits.training).status();
    if (!done.ok()) return done;
    if ((step + 1) % 1000 == 0) {
      std::fprintf(stderr, "%s: step %d of %d\n", way.name.c_str(),
                   static_cast<int>(step + 1), static_cast<int>(options.steps));
    }
  }
  return trainer;
}

std::string Error(double error) { return absl::StrFormat("%.5f", error); }

absl::StatusOr<ExperimentReport> Run(const ExperimentSettings& settings) {
  const absl::StatusOr<NoisedErrors> errors = MeasureNoised(settings);
  if (!errors.ok()) return errors.status();
  const NoisedErrors::Objective& denoising = errors->objectives.front();
  std::vector<std::string> head = {"σ", "best affine"},
                           times = {"training, s", ""};
  Chart chart = {.title = "Held-out denoising error beside DSM's",
                 .x = {.label = "noise level", .log = true},
                 .y = {.label = "ratio"}};
  for (const NoisedErrors::Objective& objective : errors->objectives) {
    head.push_back(objective.name);
    times.push_back(absl::StrFormat("%.0f", objective.seconds));
    // Dashed where it may cover another.
    LineLayer line = {.name = objective.name,
                      .dashed = chart.layers.size() > 1};
    for (size_t i = 0; i < errors->levels.size(); ++i) {
      line.points.push_back(
          {errors->levels[i], objective.errors[i] / denoising.errors[i]});
    }
    chart.layers.push_back(std::move(line));
  }
  for (size_t j = 1; j < errors->objectives.size(); ++j) {
    head.push_back(absl::StrCat(errors->objectives[j].name, " / DSM"));
    times.push_back(absl::StrFormat(
        "%.2f", errors->objectives[j].seconds / denoising.seconds));
  }
  std::vector<std::vector<std::string>> table = {head};
  for (size_t i = 0; i < errors->levels.size(); ++i) {
    std::vector<std::string> row = {absl::StrCat(errors->levels[i]),
                                    Error(errors->affine[i])};
    for (const NoisedErrors::Objective& objective : errors->objectives) {
      row.push_back(Error(objective.errors[i]));
    }
    for (size_t j = 1; j < errors->objectives.size(); ++j) {
      row.push_back(absl::StrFormat(
          "%.3f", errors->objectives[j].errors[i] / denoising.errors[i]));
    }
    table.push_back(std::move(row));
  }
  table.push_back(times);
  return ExperimentReport{
      .text = absl::StrCat(
          "The mean square, of each pixel in model space, that is left of "
          "held-out digits with noise after denoising, by one network trained "
          "for as many steps with each objective.\n\n",
          MarkdownTable(table),
          "\nDenoising score matching is told the noise that was added; the "
          "others see only the noised rows, and pay for that at small levels, "
          "where the score is largest and their losses vary most. At large "
          "levels they agree. SSM-VR and FD-SSM-VR draw the same directions, "
          "and a tenth of the noise level is so short a difference that they "
          "learn the same.\n"),
      .pictures = {{"noised", {std::move(chart)}}}};
}

}  // namespace

absl::StatusOr<NoisedErrors> MeasureNoised(const ExperimentSettings& settings) {
  const absl::StatusOr<Digits> digits = ReadDigits(settings);
  if (!digits.ok()) return digits.status();
  const absl::StatusOr<SamplerTarget> target =
      TargetOf(digits->config, /*has_energy=*/false);
  if (!target.ok()) return target.status();
  const GaussianFit fit(digits->training.x);
  NoisedErrors result;
  result.levels = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0};
  if (settings.brief) result.levels = {0.1, 1.0};
  for (const Way& way : kWays) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    const auto trainer = Train(
        *digits, way, {.steps = settings.brief ? 2 : 5000}, settings.seed);
    if (!trainer.ok()) return trainer.status();
    NoisedErrors::Objective objective = {
        .name = way.name,
        .errors = {},
        .seconds = std::chrono::duration<double>(Clock::now() - start).count()};
    result.affine.clear();
    for (const double level : result.levels) {
      const DenoisingErrors errors =
          MeasureDenoising((*trainer)->averaged(), *target, fit,
                           digits->hold_out, level, settings.seed);
      objective.errors.push_back(errors.network);
      result.affine.push_back(errors.affine);
    }
    result.objectives.push_back(std::move(objective));
  }
  return result;
}

Experiment NoisedExperiment() {
  return {
      .name = "noised",
      .title = "Digits by denoising, and by sliced objectives on noised rows",
      .run = Run};
}

}  // namespace scoreserve
