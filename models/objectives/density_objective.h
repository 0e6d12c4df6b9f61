// What objectives have in common that see a density through its own rows,
// without a noised target: exact, sliced and finite-difference score matching.
//
// Networks without a label see the rows as they are, and their minimiser is the
// score of the clean density. Rows of networks with one are noised to a level
// of it first, and a row's loss is multiplied by σ², which weighs levels alike:
// then the density is the noised one.

#ifndef SCORESERVE_MODELS_OBJECTIVES_DENSITY_OBJECTIVE_H_
#define SCORESERVE_MODELS_OBJECTIVES_DENSITY_OBJECTIVE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "models/objectives/objective.h"
#include "models/objectives/row_levels.h"
#include "models/options.h"

namespace scoreserve {

struct DensityOptions {
  double noise_level = 0.0;  // 0: drawn for each row (row_levels.h), or none.
  double condition_dropout = 0.15;  // As DenoisingOptions.
};

// `own` options of O, which derives from DensityOptions, and those of that.
template <typename O>
std::vector<Option<O>> WithDensity(std::vector<Option<O>> own) {
  own.push_back(
      {"noise_level", &O::noise_level, NotNegative(),
       "Standard deviation of noise that rows get first, in model space, σ/α "
       "where the label is a time; 0 draws one for each row from the label's "
       "range, and is none for a network that takes no label."});
  own.push_back({"condition_dropout", &O::condition_dropout, Between(0.0, 1.0),
                 "Fraction of the rows with a class that are trained without "
                 "it; 0 leaves nothing to guide by."});
  return own;
}

class DensityObjective : public Objective {
 public:
  Estimand estimand() const final {
    return levels_.none() ? Estimand::kClean : Estimand::kNoised;
  }
  at::Tensor Losses(const ScoreNetwork& network, const ConditionedRows& rows,
                    const NoiseKey& first, Workspace& workspace) const final;

 protected:
  // `draws`: normals [dim] that a row needs beside its noise.
  DensityObjective(const DensityOptions& options, LevelLaw levels,
                   int64_t draws)
      : condition_dropout_(options.condition_dropout),
        levels_(std::move(levels)),
        draws_(draws) {}

 private:
  // The loss [rows], not yet weighted, of the density that `input` is from. z,
  // [rows, draws, dim], is standard normal. `scale`, [rows], is σ, or 1 where
  // there is no noise: of what length steps are to be thought small. Called in
  // ordinary mode (ordinary_mode.h).
  virtual at::Tensor LossesAt(const ScoreNetwork& network,
                              const ScoreInput& input, const at::Tensor& z,
                              const at::Tensor& scale,
                              Workspace& workspace) const = 0;

  double condition_dropout_;
  LevelLaw levels_;
  int64_t draws_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_DENSITY_OBJECTIVE_H_
