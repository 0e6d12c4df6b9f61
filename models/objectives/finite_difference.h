// What finite-difference objectives have in common (Pang, Xu, Li, Song, Ermon
// and Zhu 2020): derivatives along a direction u from values at x ± hu.

#ifndef SCORESERVE_MODELS_OBJECTIVES_FINITE_DIFFERENCE_H_
#define SCORESERVE_MODELS_OBJECTIVES_FINITE_DIFFERENCE_H_

#include "ATen/core/Tensor.h"
#include "absl/status/status.h"
#include "models/networks/score_network.h"

namespace scoreserve {

// A step is the length |hu| in parts of the row's σ, or in model space where
// there is no noise. A constant one would be far too long at low levels.
inline constexpr double kUsualStep = 0.1;

// What the help of an option `step` says.
inline constexpr char kStepHelp[] =
    "Length of the difference, in parts of the row's noise level, or in model "
    "space without noise; its bias is of second order.";

// INVALID_ARGUMENT naming `step` where it is outside [least, 1]: below, the
// rounding of float32 drowns the difference.
absl::Status CheckStep(double step, double least);

// The least steps that differences of first and second order can have: rounding
// grows as 1/h in the one and 1/h² in the other.
inline constexpr double kLeastStep = 0.01;
inline constexpr double kLeastSecondOrderStep = 0.05;

// h [rows, 1, 1] for directions of length √dim.
at::Tensor HeightsOf(double step, const at::Tensor& scale, int64_t dim);

// The rows of `input`, if `centre`, and then x + hu and x − hu for each
// direction, all at the row's label and condition. `moves`, hu: [rows,
// projections, dim]. One input, so that a network is asked once.
ScoreInput PointsAround(const ScoreInput& input, const at::Tensor& moves,
                        bool centre);

// What a network gave at those points, [points, …] → [rows, …] × (centre),
// [projections, rows, …] of the x + hu and of the x − hu.
struct PointValues {
  at::Tensor centre, plus, minus;
};
PointValues ValuesAround(const at::Tensor& values, int64_t rows, bool centre);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_FINITE_DIFFERENCE_H_
