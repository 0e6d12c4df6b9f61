#include "models/experiments/step_times.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "models/experiments/memory_meter.h"
#include "models/training/trainer.h"

namespace scoreserve {
namespace {

absl::StatusOr<std::unique_ptr<Trainer>> TrainerOf(
    const TimedTraining& training, int64_t dim, int64_t batch) {
  ModelConfig config;
  config.network = training.network;
  config.network_options = training.network_options;
  config.data.shape = {dim};
  auto objective =
      NewObjective(training.objective, training.objective_options, config);
  if (!objective.ok()) return objective.status();
  return Trainer::New(config, *std::move(objective), {.batch = batch},
                      /*seed=*/1);
}

double Median(std::vector<double>& values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

absl::StatusOr<std::vector<StepCost>> MeasureInTurns(
    const std::vector<std::function<absl::Status()>>& work, int64_t rounds) {
  std::vector<StepCost> costs;
  for (const auto& piece : work) {
    absl::Status first;
    const int64_t bytes = PeakTensorBytes([&] { first = piece(); });
    if (!first.ok()) return first;
    costs.push_back({.mebibytes = static_cast<double>(bytes) / (1 << 20)});
  }
  using Clock = std::chrono::steady_clock;
  std::vector<std::vector<double>> times(work.size());
  for (int64_t round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < work.size(); ++i) {
      const Clock::time_point start = Clock::now();
      const absl::Status done = work[i]();
      if (!done.ok()) return done;
      times[i].push_back(
          std::chrono::duration<double, std::milli>(Clock::now() - start)
              .count());
    }
  }
  for (size_t i = 0; i < times.size(); ++i) {
    costs[i].milliseconds = Median(times[i]);
  }
  return costs;
}

absl::StatusOr<std::vector<StepCost>> MeasureSteps(
    const std::vector<TimedTraining>& trainings, const at::Tensor& rows,
    int64_t batch, int64_t rounds) {
  std::vector<std::unique_ptr<Trainer>> trainers;
  std::vector<std::function<absl::Status()>> steps;
  for (const TimedTraining& training : trainings) {
    auto trainer = TrainerOf(training, rows.size(1), batch);
    if (!trainer.ok()) return trainer.status();
    trainers.push_back(*std::move(trainer));
    steps.push_back([&rows, trainer = trainers.back().get()] {
      return trainer->Step({.x = rows}).status();
    });
  }
  return MeasureInTurns(steps, rounds);
}

}  // namespace scoreserve
