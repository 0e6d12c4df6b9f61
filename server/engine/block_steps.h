// What rows of a trajectory are made of: their start, and each of their steps.

#ifndef SCORESERVE_SERVER_ENGINE_BLOCK_STEPS_H_
#define SCORESERVE_SERVER_ENGINE_BLOCK_STEPS_H_

#include <cstdint>

#include "server/engine/pass.h"
#include "server/engine/trajectory.h"

namespace scoreserve {

// Puts `trajectory` into `pass`, from row `row` on: where it stood when it left
// one, else its start, which are the rows it was given, or noise under its
// seed.
void PutBlock(Trajectory& trajectory, int64_t row, Pass& pass);

// Writes labels, conditions and coefficients of its next step.
void WriteStep(const Trajectory& trajectory, int64_t row, Pass& pass);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_BLOCK_STEPS_H_
