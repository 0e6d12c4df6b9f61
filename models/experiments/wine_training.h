// How the wine experiment trains a deep kernel exponential family with one
// loss, as Song, Garg, Shi and Ermon (2019) did.

#ifndef SCORESERVE_MODELS_EXPERIMENTS_WINE_TRAINING_H_
#define SCORESERVE_MODELS_EXPERIMENTS_WINE_TRAINING_H_

#include <cstdint>
#include <vector>

#include "ATen/core/Tensor.h"
#include "models/experiments/wine_data.h"
#include "models/experiments/wine_losses.h"
#include "models/networks/dkef.h"

namespace scoreserve {

struct WineOptions {
  DkefOptions family = {};
  int64_t batch = 200;  // Half of it for α, half for the loss under that.
  double learning_rate = 0.01;
  double gradient_clip = 100.0;
  int64_t steps = 1200;
  int64_t patience = 200;  // Steps without a better loss on validation rows.
  int64_t check_every = 20;
  int64_t fit_rows = 400;      // Of the training rows, for α at a check.
  int64_t ridge_steps = 1000;  // At the end, of λ alone, on validation rows.
};

// Exact score matching's mean loss on test rows.
struct WineCheck {
  int64_t step;
  double held_out;
};

struct WineRun {
  std::vector<WineCheck> checks;
  // At the end, α being fitted to all training rows.
  double held_out = 0.0;
  double held_out_unlike = 0.0;  // On rows that are unlike any of training.
  int64_t best_step = 0;         // Whose weights those are.
  double step_ms = 0.0;          // The median.
};

WineRun TrainOnWine(const WineData& data, WineLoss loss,
                    const WineOptions& options, uint64_t seed);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_WINE_TRAINING_H_
