#ifndef SCORESERVE_SCORING_H_
#define SCORESERVE_SCORING_H_

#include <cstdint>

#include "absl/types/span.h"
#include "scoreserve/condition.h"
#include "scoreserve/models.h"

namespace scoreserve {
inline namespace client {

// Asks for ∇ₓ log p at some rows. The spans are read before the call that takes
// the query returns (callback forms included), and not after.
struct ScoreQuery {
  ModelRef model = {};

  // [rows, dim], row-major, in data space. Finite.
  absl::Span<const float> x = {};
  int64_t rows = 1;

  // What the model's label asks for: at most one of the two, with one value for
  // all rows or one a row. In model space.
  absl::Span<const double> noise_level = {};
  absl::Span<const double> time = {};

  Condition condition = {};

  // Also asks for the energies, which a model has where ModelInfo::has_energy
  // (else INVALID_ARGUMENT, reason UNSUITABLE_MODEL), though none where
  // `condition` has guidance.
  bool energy = false;
};

// An answer, as it lies in the reply: its spans are valid until the callback
// that is given it returns.
struct ScoreView {
  int64_t version = 0;  // That answered.
  int64_t rows = 0;
  absl::Span<const float> score = {};  // [rows, dim]: ∇ₓ log p in data space.
  // [rows]: −log p up to a constant of the model's at each label. Empty where
  // the query did not ask for it, and on a stream also where a server knows of
  // no energies.
  absl::Span<const double> energy = {};
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_SCORING_H_
