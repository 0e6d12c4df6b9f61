// One step of every row of a pass, of whatever kinds, once the network has been
// evaluated: what a device and an offline run both do.

#ifndef SCORESERVE_MODELS_SAMPLERS_MOVE_ROWS_H_
#define SCORESERVE_MODELS_SAMPLERS_MOVE_ROWS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "models/samplers/advance.h"
#include "models/samplers/constraint.h"

namespace scoreserve {

// A row that something is known of, after a step that completes.
struct ConstrainedRow {
  int64_t row = 0;  // Of the pass.
  const Constraint* constraint = nullptr;
  int64_t constraint_row = 0;  // Of its request.
  MaskLevel level;
};

// The rows of a pass. Arrays are row-major [steps.size(), dim].
struct MovingRows {
  int64_t dim = 0;
  absl::Span<RowStep> steps;  // Those of a kind are resolved in place.
  float* score = nullptr;     // At x; a rejected proposal's is replaced.
  float* x = nullptr;
  float* y = nullptr;  // Null where no row has a companion.
  // For rows of kind kMetropolis, else null: [steps.size(), dim],
  // [steps.size()] and the energies at x.
  float* held_score = nullptr;
  double* held_energy = nullptr;
  const double* energy = nullptr;
  uint8_t* accepted = nullptr;  // Written for those rows.
  absl::Span<const ConstrainedRow> constrained = {};
};

// Resolves correctors and Metropolis tests, advances all rows, imposes what is
// known. A row's result depends on that row alone. `scratch` is reused.
void MoveRows(const MovingRows& rows, std::vector<float>& scratch);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_MOVE_ROWS_H_
