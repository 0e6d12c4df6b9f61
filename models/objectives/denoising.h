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

const OptionTable<DenoisingOptions>& DenoisingOptionTable();

// INVALID_ARGUMENT as LevelLaw::New(), and where noise_level is 0 for a network
// that takes no label.
absl::StatusOr<std::unique_ptr<Objective>> NewDenoising(
    const OptionValues& options, const ModelConfig& config);

// The loss itself, of given levels and noise z ([rows, dim], standard normal) →
// [rows].
at::Tensor DenoisingLosses(const ScoreNetwork& network,
                           const ConditionedRows& rows, const RowLevels& levels,
                           const at::Tensor& z, double weight_power,
                           Workspace& workspace);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_DENOISING_H_
