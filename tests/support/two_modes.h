// A density that is known, rows of it, and how far a learnt score is off.

#ifndef SCORESERVE_TESTS_SUPPORT_TWO_MODES_H_
#define SCORESERVE_TESTS_SUPPORT_TWO_MODES_H_

#include <cmath>
#include <cstdint>

#include "ATen/core/Tensor.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/linspace.h"
#include "ATen/ops/ones_like.h"
#include "ATen/ops/where.h"
#include "models/networks/score_network.h"
#include "models/samplers/noise.h"

namespace scoreserve {

inline at::Tensor StandardNormals(int64_t rows, int64_t dim, uint64_t seed) {
  const at::Tensor z = at::empty({rows, dim});
  FillNormals(NoiseKey{.seed = seed}, Purpose::kUser, rows, dim,
              z.mutable_data_ptr<float>());
  return z;
}

// ½ N(−1.5, ¼) + ½ N(1.5, ¼), or with the modes elsewhere.
struct TwoModes {
  static constexpr double kMean = 1.5, kVariance = 0.25;
  // The least loss of score matching: minus half the Fisher information.
  static constexpr double kLeastLoss = -1.925280565;

  static at::Tensor Rows(int64_t rows, uint64_t seed, double mean = kMean) {
    const at::Tensor z = StandardNormals(rows, 2, seed);
    const at::Tensor one = at::ones_like(z.select(1, 0));
    return at::where(z.select(1, 1).lt(0.0), one.neg(), one)
        .mul(mean)
        .add(z.select(1, 0), std::sqrt(kVariance))
        .unsqueeze(1);
  }

  // Its least loss and half the mean squared error of the score.
  static double LossOf(const ScoreNetwork& network) {
    return kLeastLoss + 0.5 * SquaredError(network, kMean);
  }

  // E|ŝ − s|² of the same with modes at ±`mean`, by quadrature.
  static double SquaredError(const ScoreNetwork& network, double mean) {
    constexpr double kEnd = 6.0;
    constexpr int64_t kPoints = 4'001;
    const at::Tensor x = at::linspace(-kEnd, kEnd, kPoints, at::kDouble);
    const at::Tensor score =
        x.mul(mean / kVariance).tanh().mul(mean).sub(x).div(kVariance);
    const at::Tensor left = x.add(mean).square().div(-2 * kVariance).exp();
    const at::Tensor right = x.sub(mean).square().div(-2 * kVariance).exp();
    const at::Tensor density = left.add(right).div(
        2 * std::sqrt(2 * 3.14159265358979323846 * kVariance));
    Workspace workspace;
    const at::Tensor learnt =
        network.Score({.x = x.to(at::kFloat).unsqueeze(1)}, workspace)
            .detach()
            .squeeze(1)
            .to(at::kDouble);
    const double step = 2 * kEnd / (kPoints - 1);
    return step * learnt.sub(score).square().mul(density).sum().item<double>();
  }
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_TWO_MODES_H_
