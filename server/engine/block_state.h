#ifndef SCORESERVE_SERVER_ENGINE_BLOCK_STATE_H_
#define SCORESERVE_SERVER_ENGINE_BLOCK_STATE_H_

#include <cstdint>
#include <vector>

#include "models/samplers/step_table.h"
#include "server/engine/pass.h"

namespace scoreserve {

// All that some rows of a request carry from one step of their sampler to the
// next: what they were at `step` goes on, bit for bit, in whichever pass it is
// put back into. Plain data, in model space.
struct BlockState {
  int64_t first_row = 0;  // Of the request.
  int64_t rows = 0;
  int64_t step = 0;           // The next one.
  std::vector<float> x = {};  // [rows · dim].
  // [rows · dim], or empty where no step of the table uses a companion.
  std::vector<float> y = {};
  // [rows · dim] and [rows], or empty where the table has no Metropolis test.
  std::vector<float> held_score = {};
  std::vector<double> held_energy = {};

  bool operator==(const BlockState&) const = default;
};

// Copies the planes that steps of `table` use out of rows row … row + rows of
// `pass`. Counts and steps of `state` are left as they are.
void ExportBlock(const StepTable& table, Pass& pass, int64_t row,
                 BlockState& state);

// Copies them back, to rows row … row + rows of `pass`, whose planes it
// allocates where they are missing. Requires planes of the sizes above.
void ImportBlock(const BlockState& state, int64_t row, Pass& pass);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_BLOCK_STATE_H_
