// One noise-conditional network of digits, trained at equal steps by denoising
// and by what sees the noised density itself: sliced score matching and its
// finite differences.

#ifndef SCORESERVE_MODELS_EXPERIMENTS_NOISED_H_
#define SCORESERVE_MODELS_EXPERIMENTS_NOISED_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/experiments/experiment.h"

namespace scoreserve {

struct NoisedErrors {
  std::vector<double> levels;  // σ, ascending.
  // Of held-out rows: the mean square that is left after denoising, of each
  // coordinate.
  std::vector<double> affine;  // By the best affine denoiser.
  struct Objective {
    std::string name;
    std::vector<double> errors;
    double seconds;  // Of training.
  };
  std::vector<Objective> objectives;  // The first is denoising.
};

absl::StatusOr<NoisedErrors> MeasureNoised(const ExperimentSettings& settings);

Experiment NoisedExperiment();

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_NOISED_H_
