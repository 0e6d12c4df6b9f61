#ifndef SCORESERVE_MODELS_CMD_TRAINING_RUN_H_
#define SCORESERVE_MODELS_CMD_TRAINING_RUN_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "models/io/model_config.h"
#include "models/io/safetensors.h"
#include "models/objectives/conditioned_rows.h"
#include "models/options.h"
#include "models/training/run_identity.h"
#include "models/training/trainer.h"

namespace scoreserve {

// Everything that is decided before the first step.
struct TrainingRun {
  ModelConfig config;
  std::string objective;
  OptionValues objective_options;  // As they were given.
  TrainerOptions options;
  std::optional<NamedArrays> start;    // Weights to begin with; absent: fresh.
  ConditionedRows training, hold_out;  // hold_out may have no rows.
  uint64_t first_seed = 1;
  int64_t seeds = 1;     // first_seed, first_seed + 1, … are trained.
  RunIdentity identity;  // Of all this, and of the number of threads.

  // Before its first step; as NewObjective() and Trainer::New().
  absl::StatusOr<std::unique_ptr<Trainer>> NewTrainer(uint64_t seed) const;

  // The averaged weights' loss over what is held out, on the same draws for all
  // seeds; NaN where nothing is.
  double HoldOutLoss(Trainer& trainer) const;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_CMD_TRAINING_RUN_H_
