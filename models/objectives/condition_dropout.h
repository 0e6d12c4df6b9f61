#ifndef SCORESERVE_MODELS_OBJECTIVES_CONDITION_DROPOUT_H_
#define SCORESERVE_MODELS_OBJECTIVES_CONDITION_DROPOUT_H_

#include "ATen/core/Tensor.h"
#include "models/samplers/noise.h"

namespace scoreserve {

// A copy of `condition`, int64 [rows], in which the fraction `dropout` of rows
// has kNoCondition, so that one network learns both densities that
// classifier-free guidance needs (Ho and Salimans 2022). Rows draw as an
// objective's do. Undefined where `condition` is.
at::Tensor WithDropout(const at::Tensor& condition, double dropout,
                       const NoiseKey& first);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_CONDITION_DROPOUT_H_
