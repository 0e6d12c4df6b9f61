#include "models/samplers/corrector.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

double SquaredNorm(absl::Span<const float> values) {
  double sum = 0.0;
  for (const float value : values) {
    sum += static_cast<double>(value) * static_cast<double>(value);
  }
  return sum;
}

}  // namespace

double CorrectorStepSize(double parameter, double squared_noise,
                         double squared_score) {
  const double h = parameter * squared_noise / squared_score;
  return std::isfinite(h) ? h : 0.0;
}

void ResolveCorrector(absl::Span<const float> score, RowStep& step,
                      std::vector<float>& scratch) {
  scratch.resize(score.size());
  FillNormals(step.noise, Purpose::kStep, 1, static_cast<int64_t>(score.size()),
              scratch.data());
  const double h = CorrectorStepSize(step.parameter, SquaredNorm(scratch),
                                     SquaredNorm(score));
  step.xs = static_cast<float>(h);
  step.xz = static_cast<float>(std::sqrt(2.0 * h));
}

}  // namespace scoreserve
