#ifndef SCORESERVE_SERVER_ENGINE_PAIRED_CHECK_H_
#define SCORESERVE_SERVER_ENGINE_PAIRED_CHECK_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "models/networks/score_network.h"
#include "models/networks/workspace.h"
#include "models/training/example_buffer.h"
#include "models/training/gate.h"
#include "models/training/row_losses.h"

namespace scoreserve {

// Two networks' losses of the same held-out rows, computed a few rows at a
// time. Thread-compatible.
class PairedCheck {
 public:
  // The networks outlive the check and stay as they are until it is done.
  PairedCheck(HoldOut hold_out, const ScoreNetwork* reference,
              const ScoreNetwork* candidate)
      : hold_out_(std::move(hold_out)),
        reference_(reference),
        candidate_(candidate) {}

  // Computes those of the next `rows` rows; true once all are computed.
  bool Advance(const RowLosses& losses, int64_t rows, Workspace& workspace);

  // Requires all.
  PairedDifference Difference() const {
    return Compare(reference_losses_, candidate_losses_);
  }

  int64_t rows() const { return hold_out_.rows.size(); }
  int64_t end_ordinal() const { return hold_out_.end_ordinal(); }

 private:
  HoldOut hold_out_;
  const ScoreNetwork* reference_;
  const ScoreNetwork* candidate_;
  std::vector<double> reference_losses_, candidate_losses_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_PAIRED_CHECK_H_
