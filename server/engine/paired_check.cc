#include "server/engine/paired_check.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace scoreserve {

bool PairedCheck::Advance(const RowLosses& losses, int64_t rows,
                          Workspace& workspace) {
  const auto done = static_cast<int64_t>(reference_losses_.size());
  const int64_t count = std::min(rows, this->rows() - done);
  const ConditionedRows next = hold_out_.rows.Range(done, count);
  const int64_t ordinal = hold_out_.first_ordinal + done;
  for (const auto& [network, into] :
       {std::make_pair(reference_, &reference_losses_),
        std::make_pair(candidate_, &candidate_losses_)}) {
    const std::vector<double> of =
        losses.Of(*network, next, ordinal, workspace);
    into->insert(into->end(), of.begin(), of.end());
  }
  return done + count == this->rows();
}

}  // namespace scoreserve
