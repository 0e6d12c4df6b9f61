#include "models/cmd/training_run.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include "models/objectives/objective.h"

namespace scoreserve {

absl::StatusOr<std::unique_ptr<Trainer>> TrainingRun::NewTrainer(
    uint64_t seed) const {
  absl::StatusOr<std::unique_ptr<Objective>> made =
      NewObjective(objective, objective_options, config);
  if (!made.ok()) return made.status();
  return Trainer::New(config, *std::move(made), options, seed,
                      start.has_value() ? &*start : nullptr);
}

double TrainingRun::HoldOutLoss(Trainer& trainer) const {
  if (hold_out.size() == 0) return std::numeric_limits<double>::quiet_NaN();
  return trainer.HoldOutLoss(hold_out, ~first_seed);
}

}  // namespace scoreserve
