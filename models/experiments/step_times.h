#ifndef SCORESERVE_MODELS_EXPERIMENTS_STEP_TIMES_H_
#define SCORESERVE_MODELS_EXPERIMENTS_STEP_TIMES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/options.h"

namespace scoreserve {

// A way of training whose step is timed.
struct TimedTraining {
  std::string name;
  std::string network;
  OptionValues network_options;
  std::string objective;
  OptionValues objective_options;
};

struct StepCost {
  double milliseconds = 0.0;  // The median over the rounds.
  double mebibytes = 0.0;     // The most that a step holds at once.
};

// Of each piece of work, of which they take turns, so that what else the
// machine does falls on all: `rounds` of them, after one that is not counted.
// The first error that one of them returns.
absl::StatusOr<std::vector<StepCost>> MeasureInTurns(
    const std::vector<std::function<absl::Status()>>& work, int64_t rounds);

// The same of training steps on `rows` [rows, dim] by batches of `batch`. The
// error of a training that cannot be had.
absl::StatusOr<std::vector<StepCost>> MeasureSteps(
    const std::vector<TimedTraining>& trainings, const at::Tensor& rows,
    int64_t batch, int64_t rounds);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_STEP_TIMES_H_
