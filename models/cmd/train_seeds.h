#ifndef SCORESERVE_MODELS_CMD_TRAIN_SEEDS_H_
#define SCORESERVE_MODELS_CMD_TRAIN_SEEDS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/cmd/train_seed.h"
#include "models/cmd/training_run.h"
#include "models/io/safetensors.h"
#include "models/training/training_record.h"

namespace scoreserve {

// How one seed went.
struct SeedRecord {
  uint64_t seed = 0;
  TrainingRecord record;
};

struct TrainingOutcome {
  std::vector<SeedRecord> seeds;  // In their order; at least one.
  size_t best = 0;  // Index of the lowest hold-out loss, the first of equals.
  NamedArrays weights;  // Of that one.
};

// Trains all seeds of `run`, one after the other; as TrainSeed().
absl::StatusOr<TrainingOutcome> TrainSeeds(const TrainingRun& run,
                                           TrainingControl& control);

// The lines for a person: where the version is, and how each seed went.
std::string SummaryText(const std::string& path, const TrainingRun& run,
                        const TrainingOutcome& outcome);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_CMD_TRAIN_SEEDS_H_
