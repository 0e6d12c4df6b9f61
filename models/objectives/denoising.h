// Denoising score matching (Vincent 2011), at one noise level or over all
// levels of the network's label (Song and Ermon 2019): with x̃ = αx + σz and
// u = σ/α, the noise beside data of unit scale,
//
//   loss = ½ u^p |α s(x̃, label) + z/u|².
//
// α = 1 and u = σ where the label is a noise level or none. p = 2 makes it
// ½ |D − x|² / u² for the denoiser D = (x̃ + σ² s)/α, which weighs levels alike;
// p = 0 is the plain objective, p = 4 that of the sliced score matching code.
// The minimiser is the score of the *noised* density.

#ifndef SCORESERVE_MODELS_OBJECTIVES_DENOISING_H_
#define SCORESERVE_MODELS_OBJECTIVES_DENOISING_H_

#include <memory>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/status/statusor.h"
#include "models/objectives/objective.h"
#include "models/objectives/row_levels.h"

namespace scoreserve {

struct DenoisingOptions {
  double noise_level = 0.0;  // 0: drawn for each row (row_levels.h).
  double weight_power = 2.0;
  // Of rows that have a class: the fraction trained without it (Ho and Salimans
  // 2022).
  double condition_dropout = 0.15;
};

// `own` options of O, which is or derives from DenoisingOptions, and those.
template <typename O>
std::vector<Option<O>> WithDenoising(std::vector<Option<O>> own) {
  own.push_back(
      {"noise_level", &O::noise_level, NotNegative(),
       "Standard deviation of the noise, in model space, σ/α where the label "
       "is a time; 0 draws one for each row from the label's range."});
  own.push_back({"weight_power", &O::weight_power, Between(-4.0, 8.0),
                 "p of the weight noise_level^p on the squared error of the "
                 "score."});
  own.push_back({"condition_dropout", &O::condition_dropout, Between(0.0, 1.0),
                 "Fraction of the rows with a class that are trained without "
                 "it; 0 leaves nothing to guide by."});
  return own;
}

const OptionTable<DenoisingOptions>& DenoisingOptionTable();

// The levels that rows are noised to. INVALID_ARGUMENT as LevelLaw::New(), and
// where noise_level is 0 for a network that takes no label.
absl::StatusOr<LevelLaw> DenoisingLevels(const DenoisingOptions& options,
                                         const ModelConfig& config);

// INVALID_ARGUMENT as DenoisingLevels().
absl::StatusOr<std::unique_ptr<Objective>> NewDenoising(
    const OptionValues& options, const ModelConfig& config);

// What a network sees of `rows`: x̃ = αx + σz, the label where it takes one, and
// the condition. z [rows, dim] is standard normal.
ScoreInput NoisedInput(const ScoreNetwork& network, const ConditionedRows& rows,
                       const RowLevels& levels, const at::Tensor& z);

// The loss itself, of given levels and noise z ([rows, dim], standard normal) →
// [rows].
at::Tensor DenoisingLosses(const ScoreNetwork& network,
                           const ConditionedRows& rows, const RowLevels& levels,
                           const at::Tensor& z, double weight_power,
                           Workspace& workspace);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_DENOISING_H_
