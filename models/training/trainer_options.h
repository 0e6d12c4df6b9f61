#ifndef SCORESERVE_MODELS_TRAINING_TRAINER_OPTIONS_H_
#define SCORESERVE_MODELS_TRAINING_TRAINER_OPTIONS_H_

#include <cstdint>

#include "models/options.h"

namespace scoreserve {

struct TrainerOptions {
  int64_t batch = 256;
  int64_t micro_batch = 0;  // Rows of a piece of a step; 0: the whole batch.
  double learning_rate = 1e-3;
  int64_t warm_up = 100;  // Steps over which the learning rate rises from 0.
  int64_t steps = 5000;   // Length of the cosine to 1 %; 0 keeps the rate.
  double gradient_clip = 1.0;  // Largest norm of the gradient; 0 does not clip.
  double ema = 0.999;  // Decay of the averaged weights; 0 averages nothing.
  // Noise that rows get anew at each step, in data space (row_noise.h).
  double dequantise = 0.0;  // Width of that which is uniform; 0: none.
  double data_noise = 0.0;  // Standard deviation of that which is normal.
};

const OptionTable<TrainerOptions>& TrainerOptionTable();

// The learning rate of step `step`, counted from 0: linear warm-up, then a
// cosine to 1 % at options.steps, where it stays.
double LearningRate(const TrainerOptions& options, int64_t step);

// The decay of the averaged weights at step `step`: min(ema, (1 + k) / (10 +
// k)), so that a young average is not held by where the weights began.
double EmaDecay(const TrainerOptions& options, int64_t step);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_TRAINER_OPTIONS_H_
