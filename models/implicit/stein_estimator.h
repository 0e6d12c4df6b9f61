// The Stein gradient estimator (Li and Turner 2018): scores at samples of a
// density from these alone. With the kernel matrix K of the samples and B of
// rbf_kernel.h's slopes, Stein's identity K G + B ≈ 0 is solved with a ridge,
//
//   G = −(K + ηI)⁻¹ B.

#ifndef SCORESERVE_MODELS_IMPLICIT_STEIN_ESTIMATOR_H_
#define SCORESERVE_MODELS_IMPLICIT_STEIN_ESTIMATOR_H_

#include "ATen/core/Tensor.h"

namespace scoreserve {

struct SteinOptions {
  double ridge = 0.1;  // η, beside a kernel of 1 on the diagonal; more than 0.
};

// Scores [..., n, dim] of samples [..., n ≥ 2, dim], each group of n being of a
// density of its own; of the samples' type, and constants to derivatives.
// Samples of a group may not all be the same.
at::Tensor SteinScores(const at::Tensor& samples,
                       const SteinOptions& options = {});

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IMPLICIT_STEIN_ESTIMATOR_H_
