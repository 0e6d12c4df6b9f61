#include "models/samplers/constraint.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace scoreserve {

double MaskedCoordinate(double alpha, double sigma, double value,
                        double deviation, double z, double x) {
  const double noise = alpha * deviation;
  if (!(sigma >= noise)) return x;
  return alpha * value + std::sqrt((sigma - noise) * (sigma + noise)) * z;
}

void ImposeMask(const Mask& mask, int64_t row, const MaskLevel& level,
                absl::Span<float> x, std::vector<float>& scratch) {
  const size_t dim = x.size();
  const auto of_row = [&](const std::vector<float>& values) {
    return values.data() + (values.size() == dim ? 0 : row * dim);
  };
  const float* value = of_row(mask.value);
  const float* deviation = of_row(mask.deviation);
  scratch.resize(dim);
  FillNormals(level.noise, Purpose::kMask, 1, static_cast<int64_t>(dim),
              scratch.data());
  for (size_t k = 0; k < dim; ++k) {
    x[k] = static_cast<float>(MaskedCoordinate(
        level.alpha, level.sigma, value[k], deviation[k], scratch[k], x[k]));
  }
}

void Impose(const Constraint& constraint, int64_t row, const MaskLevel& level,
            absl::Span<float> x, std::vector<float>& scratch) {
  if (constraint.mask.has_value()) {
    ImposeMask(*constraint.mask, row, level, x, scratch);
  }
  if (constraint.box.has_value()) Confine(*constraint.box, x);
}

}  // namespace scoreserve
