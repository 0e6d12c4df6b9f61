// Denoising score matching of an energy by finite differences, FD-DSM (Pang et
// al. 2020). In the terms of denoising.h, along directions w of E wwᵀ = I and
// with h small,
//
//   loss = ½ u^p (α δ + wᵀz/u)²,   δ = (E(x̃ − hw) − E(x̃ + hw)) / 2h ≈ wᵀs,
//
// which is denoising score matching's loss in the mean over directions, up to
// h², and needs no derivative in x. The minimiser is the score of the *noised*
// density.

#ifndef SCORESERVE_MODELS_OBJECTIVES_FD_DENOISING_H_
#define SCORESERVE_MODELS_OBJECTIVES_FD_DENOISING_H_

#include <cstdint>
#include <memory>
#include <string>

#include "ATen/core/Tensor.h"
#include "absl/status/statusor.h"
#include "models/objectives/denoising.h"
#include "models/objectives/finite_difference.h"
#include "models/objectives/objective.h"

namespace scoreserve {

struct FdDenoisingOptions : DenoisingOptions {
  std::string directions = "rademacher";
  int64_t projections = 1;
  double step = kUsualStep;
};

const OptionTable<FdDenoisingOptions>& FdDenoisingOptionTable();

// INVALID_ARGUMENT as DenoisingLevels() and CheckStep().
absl::StatusOr<std::unique_ptr<Objective>> NewFdDenoising(
    const OptionValues& options, const ModelConfig& config);

// The loss itself, of given levels, noise z ([rows, dim], standard normal),
// directions [rows, projections, dim] and heights h [rows, 1, 1] → float64
// [rows]. Requires an energy.
at::Tensor FdDenoisingLosses(const ScoreNetwork& network,
                             const ConditionedRows& rows,
                             const RowLevels& levels, const at::Tensor& z,
                             const at::Tensor& directions,
                             const at::Tensor& heights, double weight_power,
                             Workspace& workspace);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_FD_DENOISING_H_
