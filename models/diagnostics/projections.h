#ifndef SCORESERVE_MODELS_DIAGNOSTICS_PROJECTIONS_H_
#define SCORESERVE_MODELS_DIAGNOSTICS_PROJECTIONS_H_

#include <array>
#include <cstdint>
#include <vector>

namespace scoreserve {

// Fixed directions of a space to look at rows along: kNumber unit vectors that
// depend on nothing but the dimension, independent and uniform on the sphere
// (normals under seed 0 and Purpose::kProjection, direction j as row j, divided
// by their norm). Immutable.
class Projections {
 public:
  static constexpr int64_t kNumber = 8;

  explicit Projections(int64_t dim);

  int64_t dim() const { return dim_; }

  // The coordinates of x [dim] along them.
  std::array<double, kNumber> Of(const float* x) const;

 private:
  const int64_t dim_;
  // [dim][kNumber]: all directions are summed up in one go over x.
  std::vector<float> directions_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_DIAGNOSTICS_PROJECTIONS_H_
