#ifndef SCORESERVE_MODELS_CMD_TRAIN_SEED_H_
#define SCORESERVE_MODELS_CMD_TRAIN_SEED_H_

#include <atomic>
#include <cstdint>
#include <limits>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "models/cmd/training_run.h"
#include "models/io/safetensors.h"
#include "models/training/checkpoint_folder.h"
#include "models/training/training_record.h"

namespace scoreserve {

// When training stops, and what it leaves meanwhile.
struct TrainingControl {
  const std::atomic<bool>& stop;
  int64_t steps_left = std::numeric_limits<int64_t>::max();  // Of this call.
  absl::Duration log_every = absl::Seconds(10);
  CheckpointFolder* checkpoint = nullptr;  // Null: none is kept.
  absl::Duration checkpoint_every = absl::Minutes(1);
};

struct SeedOutcome {
  uint64_t seed = 0;
  TrainingRecord record;  // About fifty points; the last at the end.
  NamedArrays weights;    // Averaged, as they are saved.
};

// Trains one seed of `run` to its end, from where the checkpoint has it, with
// progress on stderr: a line written over itself on a terminal, else one every
// `log_every`. Its checkpoint is written now and then, at the end, and where it
// stops. CANCELLED soon after `stop` is set or `steps_left`, which it counts
// down, is used up; as Trainer::Step() and CheckpointFolder.
absl::StatusOr<SeedOutcome> TrainSeed(const TrainingRun& run, uint64_t seed,
                                      TrainingControl& control);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_CMD_TRAIN_SEED_H_
