#include "server/engine/observe_block.h"

#include <cstdint>

namespace scoreserve {

const float* PointsOf(const StepTable& table, Pass& pass, int64_t row) {
  return table.has_metropolis() ? pass.companions(row) : pass.points(row);
}

ChainObservation ObservationOf(const SampleRequest& request, Pass& pass,
                               int64_t row) {
  const StepTable& table = request.plan->table;
  ChainObservation seen = {.x = PointsOf(table, pass, row)};
  const int64_t at = row * pass.dim();
  if (table.has_metropolis()) {
    seen.score = pass.held_score.data_ptr<float>() + at;
    seen.energy = pass.held_energy.data_ptr<double>() + row;
    seen.accepted = pass.accepted.data() + row;
    return seen;
  }
  seen.score = pass.score.data_ptr<float>() + at;
  if (request.needs_energies()) {
    seen.energy = pass.energy.data_ptr<double>() + row;
  }
  return seen;
}

}  // namespace scoreserve
