#include "models/implicit/stein_estimator.h"

#include "ATen/ops/eye.h"
#include "ATen/ops/linalg_solve.h"
#include "c10/core/GradMode.h"
#include "models/implicit/rbf_kernel.h"

namespace scoreserve {

at::Tensor SteinScores(const at::Tensor& samples, const SteinOptions& options) {
  const c10::NoGradGuard no_grad;
  const at::Tensor x = samples.to(at::kDouble);
  const at::Tensor bandwidth = MedianDistance(x);
  const at::Tensor kernel = RbfKernel(x, x, bandwidth);
  const at::Tensor ridge =
      at::eye(x.size(-2), kernel.options()).mul(options.ridge);
  return at::linalg_solve(kernel.add(ridge),
                          KernelSlopes(x, kernel, bandwidth).neg())
      .to(samples.scalar_type());
}

}  // namespace scoreserve
