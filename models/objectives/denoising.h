// Denoising score matching (Vincent 2011), at one noise level or over all
// levels of the network's label (Song and Ermon 2019): with x̃ = x + σ z,
//
//   loss = ½ σ^p |s(x̃, σ) + z/σ|².
//
// p = 2 makes it ½ |D − x|² / σ² for the denoiser D = x̃ + σ² s, which weighs
// levels alike; p = 0 is the plain objective, p = 4 that of the sliced score
// matching code. The minimiser is the score of the *noised* density.

#ifndef SCORESERVE_MODELS_OBJECTIVES_DENOISING_H_
#define SCORESERVE_MODELS_OBJECTIVES_DENOISING_H_

#include <memory>

#include "ATen/core/Tensor.h"
#include "absl/status/statusor.h"
#include "models/objectives/objective.h"

namespace scoreserve {

struct DenoisingOptions {
  double noise_level = 0.0;  // 0: drawn for each row (noise_levels.h).
  double weight_power = 2.0;
};

const OptionTable<DenoisingOptions>& DenoisingOptionTable();

// INVALID_ARGUMENT where noise_level is outside the label's range, or 0 for a
// network that takes no label or only levels that are never drawn;
// UNSUITABLE_MODEL where the label is a time.
absl::StatusOr<std::unique_ptr<Objective>> NewDenoising(
    const OptionValues& options, const LabelRule& label);

// The loss itself, of given levels (float64 [rows], the label too where the
// network takes one) and noise z ([rows, dim], standard normal) → [rows].
at::Tensor DenoisingLosses(const ScoreNetwork& network, const at::Tensor& x,
                           const at::Tensor& levels, const at::Tensor& z,
                           double weight_power, Workspace& workspace);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_DENOISING_H_
