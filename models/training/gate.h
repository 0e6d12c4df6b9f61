// When a network in training is published, and when what was published is taken
// back: paired comparisons on held-out rows, as pure arithmetic. Whose losses
// they are, and of which rows, is the caller's (row_losses.h,
// example_buffer.h).

#ifndef SCORESERVE_MODELS_TRAINING_GATE_H_
#define SCORESERVE_MODELS_TRAINING_GATE_H_

#include <cstdint>

#include "absl/types/span.h"

namespace scoreserve {

// Held-out rows of one comparison: the newest, at most and at least.
inline constexpr int64_t kGateRows = 2048, kMinGateRows = 512;
// By how many standard errors a difference must exceed 0 to count as one.
// Without a difference a comparison does so with probability 1.3e-3.
inline constexpr double kStandardErrors = 3.0;

// How much better one network is than another, row by row.
struct PairedDifference {
  int64_t rows = 0;
  double candidate = 0.0;  // The candidate's mean loss; 0 of no rows.
  // Mean of reference − candidate: more than 0 where the candidate is better.
  double improvement = 0.0;
  double standard_error = 0.0;  // Of that mean; infinite where rows < 2.

  // Whether the candidate is better: on kMinGateRows rows or more, by more than
  // kStandardErrors standard errors, which are finite.
  bool Exceeds() const;

  friend bool operator==(const PairedDifference&,
                         const PairedDifference&) = default;
};

// Of two networks' losses of the same rows, as many of either. A loss that is
// not finite is worse than any that is: a candidate that has one is infinitely
// worse, whatever the reference has; else a reference that has one is
// infinitely worse; the standard error is then 0.
PairedDifference Compare(absl::Span<const double> reference,
                         absl::Span<const double> candidate);

// What a check of a published version says.
enum class Verdict {
  kKeep,      // It is not worse than its predecessor by more than chance.
  kSuspect,   // It is; nothing is published until the next check has decided.
  kRollBack,  // It is again: the second time in a row.
};

// Watches a version after it was published: held-out rows that have come since,
// none of them counted twice, compare it with its predecessor. A value, to be
// saved with the job; a new one begins with each publish.
struct VersionWatch {
  int64_t next_ordinal = 0;  // Hold-out ordinal of the first row not counted.
  bool suspect = false;      // The last check was kSuspect.

  // Whether the rows that have come are enough for a check: hold-out ordinals
  // next_ordinal … end_ordinal − 1, at least kMinGateRows. The check takes the
  // newest kGateRows of them.
  bool Due(int64_t end_ordinal) const {
    return end_ordinal - next_ordinal >= kMinGateRows;
  }

  bool MayPublish() const { return !suspect; }

  // Takes in a check of rows before `end_ordinal`: the version in service was
  // the reference, its predecessor the candidate. All rows before that are then
  // counted, those that were too many too. After kRollBack the watch is that of
  // a new version. Requires Due(end_ordinal).
  Verdict Judge(const PairedDifference& predecessor, int64_t end_ordinal);

  friend bool operator==(const VersionWatch&, const VersionWatch&) = default;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_GATE_H_
