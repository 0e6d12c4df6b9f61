// A network in training as a value.

#ifndef SCORESERVE_MODELS_TRAINING_TRAINER_STATE_H_
#define SCORESERVE_MODELS_TRAINING_TRAINER_STATE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "models/io/safetensors.h"

namespace scoreserve {

// All that the steps to come depend on beside what the trainer was made of
// (config, objective, options, seed) and the rows: with those the same, a
// trainer that takes this on goes on bit for bit. Adam's count of steps is
// steps_done − skipped.
struct TrainerState {
  int64_t steps_done = 0;
  int64_t skipped = 0;  // Of those, how many failed and moved no weight.
  // All four have the names and shapes of the network's weights.
  NamedArrays weights;         // Those that are trained.
  NamedArrays averaged;        // Those that are served.
  NamedArrays means, squares;  // Adam's running means of gradients, and of g².
};

// The same as one set of arrays, without loss: "weights/first.bias", …,
// "steps_done" and "skipped".
NamedArrays StateToArrays(const TrainerState& state);

// The way back; arrays of other names are INVALID_ARGUMENT, naming one.
absl::StatusOr<TrainerState> StateFromArrays(NamedArrays arrays);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_TRAINER_STATE_H_
