// The losses that the wine experiment compares, all of a deep kernel
// exponential family.

#ifndef SCORESERVE_MODELS_EXPERIMENTS_WINE_LOSSES_H_
#define SCORESERVE_MODELS_EXPERIMENTS_WINE_LOSSES_H_

#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "models/networks/dkef_fit.h"
#include "models/networks/dkef_kernel.h"
#include "models/samplers/noise.h"

namespace scoreserve {

enum class WineLoss {
  kExact,
  kSliced,
  kSlicedReduced,
  kFiniteDifference,
  kDenoising,
  kCurvature
};

// As the page names them.
const std::vector<std::pair<WineLoss, std::string>>& WineLosses();

// What the loss is as a function of α, for α's closed form. An estimate of
// propagated curvature is none that its minimum could be solved for: there it
// is that of kSlicedReduced, of which it differs in how the trace is estimated.
DkefTerms TermsOf(WineLoss loss, const DkefKernel& kernel, const at::Tensor& x,
                  const NoiseKey& first);

// The mean loss of rows under a given α.
at::Tensor MeanLossOf(WineLoss loss, const DkefKernel& kernel,
                      const at::Tensor& x, const at::Tensor& alpha,
                      const NoiseKey& first);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_WINE_LOSSES_H_
