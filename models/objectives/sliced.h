// Sliced score matching (Song, Garg, Shi and Ermon 2019): with directions v of
// E vvᵀ = I,
//
//   loss = vᵀ ∇ₓ(vᵀ s(x)) + ½ (vᵀ s(x))²,   or, variance reduced, + ½ |s(x)|²,
//
// averaged over some directions a row. The first term is one more backward pass
// each, whatever the dimension, where the trace of the Jacobian takes as many
// as there are coordinates. Its mean over directions is exact score matching's
// loss, and its minimiser the score of the rows' own density.
//
// Networks with a label see their rows noised to a level of it first, and a
// row's loss is multiplied by σ², which weighs levels alike: then the density
// is the noised one.

#ifndef SCORESERVE_MODELS_OBJECTIVES_SLICED_H_
#define SCORESERVE_MODELS_OBJECTIVES_SLICED_H_

#include <cstdint>
#include <memory>
#include <string>

#include "ATen/core/Tensor.h"
#include "absl/status/statusor.h"
#include "models/objectives/objective.h"

namespace scoreserve {

struct SlicedOptions {
  std::string directions = "rademacher";
  int64_t projections = 1;
  bool variance_reduction = true;
  double noise_level = 0.0;  // 0: drawn for each row (row_levels.h), or none.
  double condition_dropout = 0.15;  // As DenoisingOptions.
};

const OptionTable<SlicedOptions>& SlicedOptionTable();

// INVALID_ARGUMENT as LevelLaw::New().
absl::StatusOr<std::unique_ptr<Objective>> NewSliced(
    const OptionValues& options, const ModelConfig& config);

// How directions are drawn; the second moment of each is the identity.
enum class Directions { kRademacher, kGaussian, kSphere };

// Directions made of standard normals z, [..., dim] both: their signs; they
// themselves; brought to length √dim.
at::Tensor DirectionsOf(Directions directions, const at::Tensor& z);

// The loss itself, at the rows of `input`, of given directions [rows,
// projections, dim] → [rows].
at::Tensor SlicedLosses(const ScoreNetwork& network, const ScoreInput& input,
                        const at::Tensor& directions, bool variance_reduction,
                        Workspace& workspace);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_SLICED_H_
