// Random directions along which objectives look at a Jacobian.

#ifndef SCORESERVE_MODELS_OBJECTIVES_DIRECTIONS_H_
#define SCORESERVE_MODELS_OBJECTIVES_DIRECTIONS_H_

#include <string>

#include "ATen/core/Tensor.h"
#include "absl/status/statusor.h"

namespace scoreserve {

// Their laws. The second moment of each is the identity, E vvᵀ = I, but that of
// kUnitSphere, which is 1/dim of it.
enum class Directions { kRademacher, kGaussian, kSphere, kUnitSphere };

// That of the option `directions`. INVALID_ARGUMENT naming it.
absl::StatusOr<Directions> DirectionsNamed(const std::string& name);

// The same of those whose second moment is the identity.
absl::StatusOr<Directions> SpreadDirectionsNamed(const std::string& name);

// What that option's help says.
inline constexpr char kDirectionsHelp[] =
    "Law of the directions: rademacher (which varies least, mostly), gaussian, "
    "sphere (of length √dim), or unit_sphere, which divides a loss without "
    "variance reduction by dim.";

// Directions made of standard normals z, [..., dim] both: their signs; they
// themselves; brought to length √dim, or 1.
at::Tensor DirectionsOf(Directions directions, const at::Tensor& z);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_DIRECTIONS_H_
