#include "models/samplers/metropolis.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/types/span.h"
#include "models/finite.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

bool Accepts(const RowStep& step, const MetropolisRow& row) {
  const absl::Span<const float> score(row.score, row.dim);
  if (!std::isfinite(row.energy) || !AllFinite(score)) return false;
  if (*row.held_energy == kNoEnergy) return true;
  double u = 0.0;
  FillUniforms(step.noise, Purpose::kMetropolis, 1, 1, &u);
  return std::log(u) < LogAcceptance(row, step.parameter);
}

}  // namespace

double LogAcceptance(const MetropolisRow& row, double h) {
  double pull = 0.0, norms = 0.0;
  for (int64_t k = 0; k < row.dim; ++k) {
    const double at_x = row.score[k], at_y = row.held_score[k];
    pull += (static_cast<double>(row.x[k]) - row.y[k]) * (at_y + at_x);
    norms += (at_y - at_x) * (at_y + at_x);
  }
  return LogAcceptance(*row.held_energy - row.energy, pull, norms, h);
}

bool MetropolisTest(const RowStep& step, const MetropolisRow& row) {
  const size_t bytes = static_cast<size_t>(row.dim) * sizeof(float);
  if (Accepts(step, row)) {
    std::memcpy(row.y, row.x, bytes);
    std::memcpy(row.held_score, row.score, bytes);
    *row.held_energy = row.energy;
    return true;
  }
  std::memcpy(row.x, row.y, bytes);
  std::memcpy(row.score, row.held_score, bytes);
  return false;
}

}  // namespace scoreserve
