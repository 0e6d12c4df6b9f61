#include "models/samplers/move_rows.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "models/samplers/corrector.h"
#include "models/samplers/metropolis.h"

namespace scoreserve {
namespace {

void Test(const MovingRows& rows, int64_t i) {
  const int64_t at = i * rows.dim;
  rows.accepted[i] =
      MetropolisTest(rows.steps[i], {.dim = rows.dim,
                                     .x = rows.x + at,
                                     .y = rows.y + at,
                                     .held_score = rows.held_score + at,
                                     .held_energy = rows.held_energy + i,
                                     .score = rows.score + at,
                                     .energy = rows.energy[i]});
}

}  // namespace

void MoveRows(const MovingRows& rows, std::vector<float>& scratch) {
  const size_t dim = static_cast<size_t>(rows.dim);
  for (size_t i = 0; i < rows.steps.size(); ++i) {
    RowStep& step = rows.steps[i];
    if (step.kind == StepKind::kAffine) continue;
    if (step.kind == StepKind::kMetropolis) {
      Test(rows, static_cast<int64_t>(i));
    } else {
      ResolveCorrector({rows.score + i * dim, dim}, step, scratch);
    }
  }
  Advance(rows.steps, rows.dim, rows.score, rows.x, rows.y);
  for (const ConstrainedRow& row : rows.constrained) {
    Impose(*row.constraint, row.constraint_row, row.level,
           {rows.x + row.row * rows.dim, dim}, scratch);
  }
}

}  // namespace scoreserve
