#ifndef SCORESERVE_SERVER_ENGINE_OBSERVE_BLOCK_H_
#define SCORESERVE_SERVER_ENGINE_OBSERVE_BLOCK_H_

#include <cstdint>

#include "models/diagnostics/chain_diagnostics.h"
#include "models/samplers/step_table.h"
#include "server/engine/pass.h"
#include "server/engine/work.h"

namespace scoreserve {

// Where rows row, row + 1, … of `pass` stand between two steps of `table`,
// [rows, dim]: x, but with a Metropolis test the current point, whose next
// proposal x is.
const float* PointsOf(const StepTable& table, Pass& pass, int64_t row);

// What diagnostics see of those rows, which are of `request`, once `pass` has
// made a step: where they stand, and score and energy where these were
// evaluated last. With a Metropolis test all three are of the current point;
// else score and energy are of the point before the step. Valid as long as
// nothing moves in the pass.
ChainObservation ObservationOf(const SampleRequest& request, Pass& pass,
                               int64_t row);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_OBSERVE_BLOCK_H_
