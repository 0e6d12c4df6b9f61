#include "models/objectives/directions.h"

#include <cmath>
#include <string>

#include "ATen/ops/ones_like.h"
#include "ATen/ops/where.h"
#include "absl/strings/str_cat.h"
#include "models/status.h"

namespace scoreserve {
namespace {

absl::Status Unknown(const char* names, const std::string& name) {
  return InvalidField("directions", absl::StrCat("one of ", names),
                      absl::StrCat("'", name, "'"));
}

at::Tensor OfLength(double length, const at::Tensor& z) {
  return z.div(z.norm(2, -1, /*keepdim=*/true)).mul(length);
}

}  // namespace

absl::StatusOr<Directions> DirectionsNamed(const std::string& name) {
  if (name == "unit_sphere") return Directions::kUnitSphere;
  absl::StatusOr<Directions> spread = SpreadDirectionsNamed(name);
  if (spread.ok()) return spread;
  return Unknown("gaussian, rademacher, sphere, unit_sphere", name);
}

absl::StatusOr<Directions> SpreadDirectionsNamed(const std::string& name) {
  if (name == "gaussian") return Directions::kGaussian;
  if (name == "rademacher") return Directions::kRademacher;
  if (name == "sphere") return Directions::kSphere;
  return Unknown("gaussian, rademacher, sphere", name);
}

at::Tensor DirectionsOf(Directions directions, const at::Tensor& z) {
  switch (directions) {
    case Directions::kGaussian:
      return z;
    case Directions::kSphere:
      return OfLength(std::sqrt(static_cast<double>(z.size(-1))), z);
    case Directions::kUnitSphere:
      return OfLength(1.0, z);
    case Directions::kRademacher:
      break;
  }
  const at::Tensor one = at::ones_like(z);
  return at::where(z.lt(0.0), one.neg(), one);
}

}  // namespace scoreserve
