#include "models/cmd/train_seeds.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace scoreserve {
namespace {

int64_t NumWeights(const NamedArrays& arrays) {
  int64_t count = 0;
  for (const auto& [name, array] : arrays) {
    count += static_cast<int64_t>(array.values.size());
  }
  return count;
}

// "14.316 ± 0.013", the latter of a sample.
std::string MeanText(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  double mean = 0.0, squares = 0.0;
  for (const double value : values) mean += value / count;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return absl::StrFormat("%.5g ± %.2g", mean,
                         std::sqrt(squares / (count - 1.0)));
}

std::string OneSeed(const TrainingRun& run, const TrainingRecord& record) {
  std::string text = absl::StrFormat("loss %.5g", record.curve.back().loss);
  if (run.hold_out.size() > 0) {
    absl::StrAppendFormat(&text, ", hold-out %.5g (%.5g before training)",
                          record.HoldOut(), record.first_hold_out);
  }
  absl::StrAppendFormat(
      &text, "\n%d steps in %.1f s, %.1f steps/s\n", run.options.steps,
      record.seconds, static_cast<double>(run.options.steps) / record.seconds);
  return text;
}

std::string Table(const TrainingOutcome& outcome) {
  constexpr char kHeading[] = "seed  training loss  hold-out loss   seconds\n";
  std::string text = kHeading;
  std::vector<double> training, hold_out;
  for (size_t i = 0; i < outcome.seeds.size(); ++i) {
    const auto& [seed, record] = outcome.seeds[i];
    training.push_back(record.curve.back().loss);
    hold_out.push_back(record.HoldOut());
    absl::StrAppendFormat(&text, "%4d  %13.5g  %13.5g  %8.1f%s\n", seed,
                          training.back(), hold_out.back(), record.seconds,
                          i == outcome.best ? "  published" : "");
  }
  absl::StrAppend(&text, "mean ± standard deviation: training loss ",
                  MeanText(training), ", hold-out loss ", MeanText(hold_out),
                  "\n");
  return text;
}

}  // namespace

absl::StatusOr<TrainingOutcome> TrainSeeds(const TrainingRun& run,
                                           TrainingControl& control) {
  TrainingOutcome outcome;
  for (int64_t i = 0; i < run.seeds; ++i) {
    absl::StatusOr<SeedOutcome> seed =
        TrainSeed(run, run.first_seed + static_cast<uint64_t>(i), control);
    if (!seed.ok()) return seed.status();
    outcome.seeds.push_back({seed->seed, std::move(seed->record)});
    const double lowest = outcome.seeds[outcome.best].record.HoldOut();
    const double hold_out = outcome.seeds.back().record.HoldOut();
    if (i == 0 || hold_out < lowest ||
        (std::isnan(lowest) && !std::isnan(hold_out))) {
      outcome.best = outcome.seeds.size() - 1;
      outcome.weights = std::move(seed->weights);
    }
  }
  return outcome;
}

std::string SummaryText(const std::string& path, const TrainingRun& run,
                        const TrainingOutcome& outcome) {
  std::string text =
      absl::StrFormat("%s: network %s, %d weights\n", path, run.config.network,
                      NumWeights(outcome.weights));
  absl::StrAppendFormat(&text, "%d training rows, %d held out\n",
                        run.training.size(), run.hold_out.size());
  return text + (outcome.seeds.size() == 1
                     ? OneSeed(run, outcome.seeds[0].record)
                     : Table(outcome));
}

}  // namespace scoreserve
