#include "models/experiments/wine_losses.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/empty.h"
#include "models/experiments/wine_curvature.h"
#include "models/objectives/directions.h"

namespace scoreserve {
namespace {

constexpr double kStepLength = 0.1;  // |step · v| of finite differences.
constexpr double kNoiseLevel = 0.16;

at::Tensor Normals(int64_t rows, int64_t dim, const NoiseKey& first) {
  const at::Tensor z = at::empty({rows, dim});
  FillNormals(first, Purpose::kObjective, rows, dim,
              z.mutable_data_ptr<float>());
  return z;
}

}  // namespace

const std::vector<std::pair<WineLoss, std::string>>& WineLosses() {
  static const auto& losses =
      *new std::vector<std::pair<WineLoss, std::string>>{
          {WineLoss::kExact, "exact SM"},
          {WineLoss::kSliced, "SSM"},
          {WineLoss::kSlicedReduced, "SSM-VR"},
          {WineLoss::kFiniteDifference, "FD-SSM"},
          {WineLoss::kDenoising, "DSM"},
          {WineLoss::kCurvature, "CP"}};
  return losses;
}

DkefTerms TermsOf(WineLoss loss, const DkefKernel& kernel, const at::Tensor& x,
                  const NoiseKey& first) {
  if (loss == WineLoss::kExact) return ExactTerms(kernel, x);
  const at::Tensor z = Normals(x.size(0), x.size(1), first);
  if (loss == WineLoss::kDenoising) {
    return DenoisingTerms(kernel, x, z, kNoiseLevel);
  }
  if (loss == WineLoss::kFiniteDifference) {
    return FdSlicedTerms(
        kernel, x, DirectionsOf(Directions::kSphere, z),
        kStepLength / std::sqrt(static_cast<double>(x.size(1))));
  }
  return SlicedTerms(kernel, x, DirectionsOf(Directions::kRademacher, z),
                     /*variance_reduction=*/loss != WineLoss::kSliced);
}

at::Tensor MeanLossOf(WineLoss loss, const DkefKernel& kernel,
                      const at::Tensor& x, const at::Tensor& alpha,
                      const NoiseKey& first) {
  if (loss != WineLoss::kCurvature) {
    return LossesOf(TermsOf(loss, kernel, x, first), alpha).mean();
  }
  const PropagatedCurvature at = PropagateCurvature(
      kernel, x, alpha,
      DirectionsOf(Directions::kRademacher,
                   Normals(x.size(0), CurvatureDraws(kernel), first)));
  return at.gradient.square().sum(1).mul(0.5).add(at.trace).mean();
}

}  // namespace scoreserve
