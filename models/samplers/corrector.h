// The corrector of predictor–corrector samplers (Song et al. 2021, algorithms 4
// and 5).

#ifndef SCORESERVE_MODELS_SAMPLERS_CORRECTOR_H_
#define SCORESERVE_MODELS_SAMPLERS_CORRECTOR_H_

#include <vector>

#include "absl/types/span.h"
#include "models/samplers/advance.h"

namespace scoreserve {

// h = parameter · (‖z‖ / ‖s‖)², of squared norms; 0 where that is not finite: a
// row whose score is 0 or not finite stays where it is.
double CorrectorStepSize(double parameter, double squared_noise,
                         double squared_score);

// Turns a step of kind kCorrector into the affine one that Advance() does next:
//
//   x ← x + h·s + √(2h)·z,  h = CorrectorStepSize(step.parameter, …),
//
// with the norms of this row's own score and noise, never those of its
// batch-mates.
// `scratch` is reused from row to row.
void ResolveCorrector(absl::Span<const float> score, RowStep& step,
                      std::vector<float>& scratch);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_CORRECTOR_H_
