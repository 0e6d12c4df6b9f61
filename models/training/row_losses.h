// How good a network is, row by row: what a gate compares two networks by, and
// whose mean a curve of training shows.

#ifndef SCORESERVE_MODELS_TRAINING_ROW_LOSSES_H_
#define SCORESERVE_MODELS_TRAINING_ROW_LOSSES_H_

#include <cstdint>
#include <vector>

#include "models/networks/score_network.h"
#include "models/networks/workspace.h"
#include "models/objectives/conditioned_rows.h"
#include "models/objectives/objective.h"
#include "models/training/row_noise.h"

namespace scoreserve {

// The losses of held-out rows under one objective, always with the same draws:
// those of a row follow from the seed and its ordinal, whichever network it is
// and however the rows are cut into pieces. So two networks see the same noise
// and the same projections, and their difference is that of the networks.
// Thread-safe; each thread brings its own Workspace.
class RowLosses {
 public:
  // Draws of the objective's noise for each row, whose mean is its loss.
  static constexpr int64_t kDraws = 4;

  // `objective` must outlive this. `noise` is what the rows get first: that of
  // training, or the loss is of another density. `seed` should not be that of a
  // training, whose draws the weights have seen. Requires draws ≥ 1.
  RowLosses(const Objective& objective, const RowNoise& noise, uint64_t seed,
            int64_t draws = kDraws)
      : objective_(objective), noise_(noise), seed_(seed), draws_(draws) {}

  // The loss of each of `rows`, which have the ordinals `first_ordinal`,
  // first_ordinal + 1, … (modulo 2³²); not finite where the network's is not.
  // Of as few rows as the caller has time for: rows.Range(i, n) with ordinal i
  // are its elements i to i + n − 1, up to the forward's rounding. `network` is
  // of the config that the objective was made for, on the processor. May be
  // called in inference mode, which it enters by itself.
  std::vector<double> Of(const ScoreNetwork& network,
                         const ConditionedRows& rows, int64_t first_ordinal,
                         Workspace& workspace) const;

 private:
  const Objective& objective_;
  RowNoise noise_;
  uint64_t seed_;
  int64_t draws_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_ROW_LOSSES_H_
