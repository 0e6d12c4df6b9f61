// The one kernel that moves every row of every sampler.

#ifndef SCORESERVE_MODELS_SAMPLERS_ADVANCE_H_
#define SCORESERVE_MODELS_SAMPLERS_ADVANCE_H_

#include <cstdint>

#include "absl/types/span.h"
#include "models/samplers/noise.h"
#include "models/samplers/step_table.h"

namespace scoreserve {

// What one step does to one row (step_table.h), its numbers rounded to float32
// after they were computed in double, and where its noise comes from. Advance()
// takes the coefficients as they are; what the kind does to them comes before
// it (move_rows.h).
struct RowStep {
  float xx = 1.0f, xy = 0.0f, xs = 0.0f, xz = 0.0f;
  float yx = 0.0f, yy = 1.0f, ys = 0.0f, yz = 0.0f;
  NoiseKey noise = {};
  StepKind kind = StepKind::kAffine;
  float parameter = 0.0f;
};

// `step` for the row and step that `noise` names.
RowStep ToRowStep(const Step& step, const NoiseKey& noise);

// For every row i < steps.size() and coordinate k < dim, with z from
// (steps[i].noise, Purpose::kStep):
//
//   x ← xx·x + xy·y + xs·s + xz·z
//   y ← yx·x + yy·y + ys·s + yz·z
//
// x, y and score are row-major [steps.size(), dim]. y may be null where no row
// has a companion: then xy = 0, and the second line is not computed. Rows with
// xz = yz = 0 draw no noise. Any alignment. Thread-safe on distinct rows.
//
// A row's result depends on that row alone, not on its place nor on what else
// is in the batch, and all compiled variants (SSE2, AVX2, AVX-512; chosen once
// at run time) give the same bits. A row whose companion stays where it is and
// does not move x (xy = yx = ys = yz = 0, yy = 1) has its y neither read nor
// written. Products round before they are added, from left to right. Allocates
// nothing.
void Advance(absl::Span<const RowStep> steps, int64_t dim, const float* score,
             float* x, float* y);

// The compiled variants that this processor can run, best first, and the same
// kernel by one of those names: for the tests and the benchmark. Dies of
// another.
absl::Span<const char* const> AdvanceVariants();
void AdvanceWith(const char* variant, absl::Span<const RowStep> steps,
                 int64_t dim, const float* score, float* x, float* y);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_ADVANCE_H_
