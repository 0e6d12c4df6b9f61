#include "models/diagnostics/mixing.h"

#include <cmath>
#include <limits>

#include "absl/types/span.h"
#include "models/diagnostics/moments.h"

namespace scoreserve {

double PotentialScaleReduction(absl::Span<const Moments> sequences) {
  Moments means;  // Of the sequences' means.
  double within = 0.0, shrunk = 0.0;
  for (const Moments& sequence : sequences) {
    const auto draws = static_cast<double>(sequence.count);
    means = Merged(means, {.count = 1, .mean = sequence.mean});
    within += sequence.deviations / (draws - 1.0);
    shrunk += sequence.deviations / draws;
  }
  const auto number = static_cast<double>(means.count);
  const double between = means.deviations / (number - 1.0);
  return std::sqrt((shrunk / number + between) / (within / number));
}

double EffectiveSampleSize(absl::Span<const Batches> parts,
                           absl::Span<const Moments> halves) {
  Moments draws;
  double batches = 0.0;
  for (const Batches& part : parts) {
    draws = Merged(draws, part.draws);
    batches += static_cast<double>(part.means.count);
  }
  if (batches < 2.0 || halves.size() < 2) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  double of_batches = 0.0, of_halves = 0.0;
  for (const Batches& part : parts) {
    const double apart = part.means.mean - draws.mean;
    of_batches += static_cast<double>(part.length) *
                  (part.means.deviations +
                   static_cast<double>(part.means.count) * apart * apart);
  }
  for (const Moments& half : halves) {
    const double apart = half.mean - draws.mean;
    of_halves += static_cast<double>(half.count) * apart * apart;
  }
  const double freedom = static_cast<double>(halves.size()) - 1.0;
  of_batches /= batches - 1.0;
  of_halves /= freedom;
  const bool apart =
      of_halves > of_batches * (1.0 + 3.0 * std::sqrt(2.0 / freedom));
  const auto number = static_cast<double>(draws.count);
  const double variance = draws.deviations / (number - 1.0);
  return number * variance / (apart ? of_halves : of_batches);
}

}  // namespace scoreserve
