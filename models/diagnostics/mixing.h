// Whether chains that are to sample one density do: the formulas.

#ifndef SCORESERVE_MODELS_DIAGNOSTICS_MIXING_H_
#define SCORESERVE_MODELS_DIAGNOSTICS_MIXING_H_

#include "absl/types/span.h"
#include "models/diagnostics/moments.h"

namespace scoreserve {

// Potential scale reduction (Gelman and Rubin 1992) of sequences of draws:
//
//   R̂ = √(((n−1)/n · W + B/n) / W),
//
// W the mean of the sequences' variances, B/n the variance of their means, both
// with one degree of freedom less. 1 where they agree, ∞ where they stand apart
// and still; NaN where nothing moves, or of fewer than two sequences of two
// draws. Given the halves of each chain it is split R̂, as eqs. 1 to 4 of
// Vehtari, Gelman, Simpson, Carpenter and Bürkner 2021, which also finds what
// drifts. Where sequences differ in length, (n−1)/n · W is the mean of what it
// is of each.
double PotentialScaleReduction(absl::Span<const Moments> sequences);

// Of N correlated draws, those of all `parts` of all chains together: N · s² /
// σ², with s² their variance and σ²/N that of their mean, which the means ȳ of
// batches of b consecutive draws tell,
//
//   σ² = Σ b (ȳ − ȳ..)² / (K − 1),
//
// ȳ.. the mean of all K batches of all chains (batch means: Geyer 1992, Flegal
// and Jones 2010; of several chains together: Argon and Andradóttir 2006). It
// leaves out what of the correlations reaches past a batch. So where the means
// of the m chains' `halves`, taken for batches, give more than that by over 3
// of their standard errors √(2/(m−1)), σ² is theirs: chains that stand apart
// count for about one draw a half. NaN where nothing moves, or of fewer than
// two batches or halves.
double EffectiveSampleSize(absl::Span<const Batches> parts,
                           absl::Span<const Moments> halves);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_DIAGNOSTICS_MIXING_H_
