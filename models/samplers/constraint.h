// What is known of the rows that a sampler draws.

#ifndef SCORESERVE_MODELS_SAMPLERS_CONSTRAINT_H_
#define SCORESERVE_MODELS_SAMPLERS_CONSTRAINT_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "models/domains/box.h"
#include "models/samplers/noise.h"

namespace scoreserve {

// Measured coordinates (inpainting; diagonal Gaussian measurements): a value
// and a standard deviation of each, in model space, for all rows alike (dim
// numbers) or row by row (rows · dim). A deviation of 0 is known exactly, an
// infinite one leaves the coordinate free.
//
// Coordinates are replaced, not conditioned on: exact in the limit of many
// steps for one coordinate and a stochastic sampler; biased where coordinates
// are correlated (docs/sampling.md), which RePaint's resampling mends.
struct Mask {
  std::vector<float> value;
  std::vector<float> deviation;
};

// Where a row stands when its mask is imposed.
struct MaskLevel {
  double alpha = 1.0;
  double sigma = 0.0;
  // Step 0 is the start; step k + 1 is after step k of the table.
  NoiseKey noise = {};
};

// A coordinate x of measured value c and deviation r. Where σ ≥ αr it becomes
//
//   αc + √(σ² − α²r²)·z;
//
// where it is not, the noise at hand is less than that of the measurement and x
// is left.
double MaskedCoordinate(double alpha, double sigma, double value,
                        double deviation, double z, double x);

// The same for each coordinate, z from Purpose::kMask. `row` is the row of the
// mask. `scratch` is reused from row to row.
void ImposeMask(const Mask& mask, int64_t row, const MaskLevel& level,
                absl::Span<float> x, std::vector<float>& scratch);

// What holds for all rows of one request. Immutable, shared by them.
struct Constraint {
  std::optional<Mask> mask;
  std::optional<Box> box;  // In model space.
};

// The mask, then the box.
void Impose(const Constraint& constraint, int64_t row, const MaskLevel& level,
            absl::Span<float> x, std::vector<float>& scratch);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_CONSTRAINT_H_
