#include "models/training/gate.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "absl/types/span.h"

namespace scoreserve {
namespace {

bool AllFinite(absl::Span<const double> losses) {
  for (const double loss : losses) {
    if (!std::isfinite(loss)) return false;
  }
  return true;
}

}  // namespace

bool PairedDifference::Exceeds() const {
  return rows >= kMinGateRows && std::isfinite(standard_error) &&
         improvement > kStandardErrors * standard_error;
}

PairedDifference Compare(absl::Span<const double> reference,
                         absl::Span<const double> candidate) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  PairedDifference difference = {.rows =
                                     static_cast<int64_t>(reference.size())};
  const auto n = static_cast<double>(reference.size());
  for (const double loss : candidate) difference.candidate += loss / n;
  const bool candidate_finite = AllFinite(candidate);
  if (!candidate_finite || !AllFinite(reference)) {
    difference.improvement = candidate_finite ? kInfinity : -kInfinity;
    return difference;
  }
  for (size_t i = 0; i < reference.size(); ++i) {
    difference.improvement += (reference[i] - candidate[i]) / n;
  }
  double squares = 0.0;
  for (size_t i = 0; i < reference.size(); ++i) {
    const double deviation =
        reference[i] - candidate[i] - difference.improvement;
    squares += deviation * deviation;
  }
  difference.standard_error =
      reference.size() < 2 ? kInfinity : std::sqrt(squares / (n - 1.0) / n);
  return difference;
}

Verdict VersionWatch::Judge(const PairedDifference& predecessor,
                            int64_t end_ordinal) {
  next_ordinal = end_ordinal;
  const bool second = suspect;
  suspect = !second && predecessor.Exceeds();
  if (!predecessor.Exceeds()) return Verdict::kKeep;
  return second ? Verdict::kRollBack : Verdict::kSuspect;
}

}  // namespace scoreserve
