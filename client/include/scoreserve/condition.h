#ifndef SCORESERVE_CONDITION_H_
#define SCORESERVE_CONDITION_H_

#include <cstdint>

#include "absl/types/span.h"

namespace scoreserve {
inline namespace client {

// What rows are conditioned on, for a model that takes classes
// (ModelInfo::classes). Each is one value for all rows, or one a row.
struct Condition {
  // From 0, or −1 for none. Empty: no condition anywhere.
  absl::Span<const int64_t> classes = {};
  // The weight w of classifier-free guidance, s_uncond + w·(s_cond − s_uncond).
  // Empty: 1, the conditional score itself. A weight other than 0 and 1 costs
  // two evaluations a row.
  absl::Span<const double> guidance = {};
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CONDITION_H_
