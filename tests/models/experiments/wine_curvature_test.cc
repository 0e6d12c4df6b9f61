#include "models/experiments/wine_curvature.h"

#include <cmath>
#include <cstdint>

#include "ATen/ops/empty.h"
#include "gtest/gtest.h"
#include "models/networks/dkef.h"
#include "models/networks/dkef_fit.h"
#include "models/objectives/directions.h"
#include "models/samplers/noise.h"
#include "tests/support/one_thread.h"

namespace scoreserve {
namespace {

at::Tensor Normals(int64_t rows, int64_t dim, uint64_t seed) {
  const at::Tensor z = at::empty({rows, dim});
  FillNormals(NoiseKey{.seed = seed}, Purpose::kUser, rows, dim,
              z.mutable_data_ptr<float>());
  return z;
}

class WineCurvatureTest : public ::testing::Test {
 protected:
  static constexpr int64_t kRows = 40'000;

  DkefWeights weights_ = FreshDkefWeights(
      {.points = 4, .kernels = 2, .width = 3, .envelope = 2.0}, 3, 1);
};

// At one place over many signs.
TEST_F(WineCurvatureTest, EstimatesTheTraceWithoutBias) {
  const DkefKernel kernel(weights_);
  const at::Tensor alpha = Normals(1, 4, 2).view({4}).mul(3.0);
  const at::Tensor x = Normals(1, 3, 3);
  const PropagatedCurvature many = PropagateCurvature(
      kernel, x.expand({kRows, 3}), alpha,
      DirectionsOf(Directions::kRademacher,
                   Normals(kRows, CurvatureDraws(kernel), 4)));
  const DkefTerms terms = ExactTerms(kernel, x);
  const double trace =
      terms.curvatures.matmul(alpha).add(terms.curvature).item<double>();
  const at::Tensor traces = many.trace.to(at::kDouble);
  const double error =
      traces.std().item<double>() / std::sqrt(static_cast<double>(kRows));
  EXPECT_GT(error, 0.0);
  EXPECT_NEAR(traces.mean().item<double>(), trace, 4.0 * error);
  const at::Tensor gradient =
      terms.slopes.matmul(alpha).add(terms.slope).squeeze(0);
  EXPECT_LT(many.gradient.sub(gradient).abs().max().item<double>(), 1e-5);
}

// With α = 0, as it begins.
TEST_F(WineCurvatureTest, OfTheEnvelopeAloneItIsExact) {
  const DkefKernel kernel(weights_);
  const at::Tensor x = Normals(5, 3, 3);
  const PropagatedCurvature at =
      PropagateCurvature(kernel, x, weights_.alpha,
                         DirectionsOf(Directions::kRademacher,
                                      Normals(5, CurvatureDraws(kernel), 4)));
  EXPECT_LT(at.trace.add(3.0 / 4.0).abs().max().item<double>(), 1e-4);
  EXPECT_LT(at.gradient.add(x, 0.25).abs().max().item<double>(), 1e-6);
}

}  // namespace
}  // namespace scoreserve
