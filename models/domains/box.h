// Data that lies between bounds.

#ifndef SCORESERVE_MODELS_DOMAINS_BOX_H_
#define SCORESERVE_MODELS_DOMAINS_BOX_H_

#include <limits>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace scoreserve {

// How a row that has left its domain comes back: to the nearest point of the
// boundary, or mirrored at it, which keeps the noise's measure.
enum class Boundary { kProject, kReflect };

// Every coordinate in [lower, upper]; R+ has no upper bound.
struct Box {
  float lower = -std::numeric_limits<float>::infinity();
  float upper = std::numeric_limits<float>::infinity();
  Boundary boundary = Boundary::kProject;
};

// INVALID_ARGUMENT naming "domain.upper" unless lower < upper.
absl::Status CheckBox(const Box& box);

// Brings every finite coordinate of x back into the box. Requires CheckBox().
void Confine(const Box& box, absl::Span<float> x);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_DOMAINS_BOX_H_
