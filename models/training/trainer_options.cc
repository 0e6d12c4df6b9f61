#include "models/training/trainer_options.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace scoreserve {

const OptionTable<TrainerOptions>& TrainerOptionTable() {
  using O = TrainerOptions;
  static const auto& table = *new OptionTable<O>({
      {"batch", &O::batch, Between(1, 1 << 20), "Rows of a step."},
      {"micro_batch", &O::micro_batch, Between(0, 1 << 20),
       "Rows of a piece of a step, whose gradients are added up; 0 takes the "
       "whole batch at once."},
      {"learning_rate", &O::learning_rate, Positive(), "Adam's step size."},
      {"warm_up", &O::warm_up, NotNegative(),
       "Steps over which the learning rate rises from 0."},
      {"steps", &O::steps, NotNegative(),
       "Length of the learning rate's cosine to 1 %; 0 keeps it."},
      {"gradient_clip", &O::gradient_clip, NotNegative(),
       "Largest norm of a step's gradient; 0 does not clip."},
      {"ema", &O::ema, Between(0.0, 1.0),
       "Decay, a step, of the averaged weights that are saved."},
      {"dequantise", &O::dequantise, NotNegative(),
       "Width, in the data's units, of uniform noise that rows get anew at "
       "each step, for data on a grid; 0 adds none."},
      {"data_noise", &O::data_noise, NotNegative(),
       "Standard deviation, in the data's units, of normal noise that rows get "
       "anew at each step; 0 adds none."},
  });
  return table;
}

double LearningRate(const TrainerOptions& options, int64_t step) {
  const auto k = static_cast<double>(step);
  double rate = options.learning_rate;
  if (step < options.warm_up)
    rate *= (k + 1.0) / static_cast<double>(options.warm_up);
  if (options.steps == 0) return rate;
  const double done = std::min(1.0, k / static_cast<double>(options.steps));
  return rate * (0.01 + 0.99 * 0.5 * (1.0 + std::cos(std::numbers::pi * done)));
}

double EmaDecay(const TrainerOptions& options, int64_t step) {
  const auto k = static_cast<double>(step);
  return std::min(options.ema, (1.0 + k) / (10.0 + k));
}

}  // namespace scoreserve
