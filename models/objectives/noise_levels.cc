#include "models/objectives/noise_levels.h"

#include <algorithm>
#include <cmath>

namespace scoreserve {
namespace {

constexpr double kLinear = 0.1, kSquare = 9.95;  // Of B(t).
constexpr double kFirstTime = 0.001, kLastTime = 1.0;

double Level(double t) {
  return std::sqrt(std::expm1((kLinear + kSquare * t) * t));
}

double Time(double level) {
  const double b = std::log1p(level * level);
  return 2.0 * b / (kLinear + std::sqrt(kLinear * kLinear + 4.0 * kSquare * b));
}

}  // namespace

bool NoiseLevels::Meets(const LabelRule& range) {
  return range.min < Level(kLastTime) && range.max > Level(kFirstTime);
}

NoiseLevels::NoiseLevels(const LabelRule& range)
    : range_(range),
      first_time_(std::clamp(Time(range.min), kFirstTime, kLastTime)),
      last_time_(std::clamp(Time(range.max), kFirstTime, kLastTime)) {}

double NoiseLevels::Quantile(double u) const {
  const double level = Level(first_time_ + u * (last_time_ - first_time_));
  return std::clamp(level, range_.min, range_.max);  // Against rounding.
}

}  // namespace scoreserve
