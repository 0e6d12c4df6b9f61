// Sliced score matching by finite differences, FD-SSM (Pang et al. 2020). With
// directions u of E uuᵀ = I and h small, from an energy's values alone,
//
//   loss = (½ d)² / 2h² − (E(x + hu) + E(x − hu) − 2 E(x)) / h²,
//   d = E(x + hu) − E(x − hu),
//
// or from a score's, a = s(x + hu) and b = s(x − hu),
//
//   loss = uᵀ(a − b) / 2h + ½ |(a + b)/2|²,
//
// variance reduced, or + ½ (uᵀ(a + b)/2)². Both are sliced.h's loss up to h²,
// exact on quadratic energies, and need no derivative in x: all values are one
// forward pass, and training is one backward pass. For energies that is half
// the work; a score's difference costs what its derivative does.

#ifndef SCORESERVE_MODELS_OBJECTIVES_FD_SLICED_H_
#define SCORESERVE_MODELS_OBJECTIVES_FD_SLICED_H_

#include <cstdint>
#include <memory>
#include <string>

#include "ATen/core/Tensor.h"
#include "absl/status/statusor.h"
#include "models/objectives/density_objective.h"
#include "models/objectives/finite_difference.h"
#include "models/objectives/objective.h"

namespace scoreserve {

struct FdSlicedOptions : DensityOptions {
  std::string directions = "rademacher";
  int64_t projections = 1;
  bool variance_reduction = true;
  double step = kUsualStep;
};

const OptionTable<FdSlicedOptions>& FdSlicedOptionTable();

// INVALID_ARGUMENT as LevelLaw::New() and CheckStep().
absl::StatusOr<std::unique_ptr<Objective>> NewFdSliced(
    const OptionValues& options, const ModelConfig& config);

// The loss itself, at the rows of `input`, of given directions [rows,
// projections, dim] and heights h [rows, 1, 1] → [rows]: from 2·projections
// values of the score a row,
at::Tensor FdSlicedLosses(const ScoreNetwork& network, const ScoreInput& input,
                          const at::Tensor& directions,
                          const at::Tensor& heights, bool variance_reduction,
                          Workspace& workspace);
// or from 1 + 2·projections of the energy, which `network` must have. In
// float64: energies of float32 agree in most of their digits.
at::Tensor FdSlicedEnergyLosses(const ScoreNetwork& network,
                                const ScoreInput& input,
                                const at::Tensor& directions,
                                const at::Tensor& heights,
                                Workspace& workspace);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_FD_SLICED_H_
