#ifndef SCORESERVE_MODELS_CMD_TRAINING_RUN_H_
#define SCORESERVE_MODELS_CMD_TRAINING_RUN_H_

#include <atomic>
#include <limits>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "models/cmd/curve.h"
#include "models/io/model_config.h"
#include "models/objectives/conditioned_rows.h"
#include "models/training/trainer.h"

namespace scoreserve {

// Everything that is decided before the first step.
struct TrainingRun {
  ModelConfig config;
  TrainerOptions options;
  ConditionedRows training, hold_out;  // hold_out may have no rows.
  std::unique_ptr<Trainer> trainer;
};

struct TrainingOutcome {
  std::vector<CurvePoint> curve;  // About fifty points; the last at the end.
  // Before the first step; NaN where nothing is held out.
  double first_hold_out = std::numeric_limits<double>::quiet_NaN();
  absl::Duration elapsed;
};

// All steps of `run`, with progress on stderr: a line written over itself on a
// terminal, else one every `log_every` seconds. CANCELLED soon after `stop` is
// set; as Trainer::Step().
absl::StatusOr<TrainingOutcome> RunTraining(TrainingRun& run, double log_every,
                                            const std::atomic<bool>& stop);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_CMD_TRAINING_RUN_H_
