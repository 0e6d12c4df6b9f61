#include "models/experiments/code_likelihood.h"

#include <cmath>
#include <cstdint>
#include <numbers>

#include "ATen/ops/binary_cross_entropy_with_logits.h"
#include "ATen/ops/cat.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/eye.h"
#include "ATen/ops/linalg_cholesky.h"
#include "ATen/ops/linalg_solve_triangular.h"
#include "ATen/ops/logaddexp.h"
#include "ATen/ops/logsumexp.h"
#include "models/samplers/noise.h"
#include "models/samplers/normal_tensor.h"

namespace scoreserve {
namespace {

constexpr double kPrior = 0.1;  // Share of the prior in the proposal.

// log N(0, I) of z [rows, dim], float64.
at::Tensor LogNormal(const at::Tensor& z) {
  return z.square().sum(1).mul(-0.5).sub(0.5 * static_cast<double>(z.size(1)) *
                                         std::log(2.0 * std::numbers::pi));
}

// Of one row x [1, dim].
double OfRow(const CodeModel& model, const at::Tensor& x,
             const CodeLikelihoodOptions& options, const NoiseKey& key) {
  const at::Tensor codes =
      model.encode(x.expand({options.fitted, x.size(1)}), key.step)
          .to(at::kDouble);
  const int64_t dim = codes.size(1);
  const at::Tensor mean = codes.mean(0);
  const at::Tensor centred = codes.sub(mean);
  const at::Tensor factor =
      at::linalg_cholesky(centred.t()
                              .matmul(centred)
                              .mul(1.5 / static_cast<double>(options.fitted))
                              .add(at::eye(dim, at::kDouble), 1e-4));
  const double log_volume = factor.diagonal().log().sum().item<double>();

  const at::Tensor noise =
      NormalTensor(key, Purpose::kUser, options.draws, dim).to(at::kDouble);
  // In fixed parts, which leaves the mixture's weights right and varies less.
  const auto of_prior =
      static_cast<int64_t>(kPrior * static_cast<double>(options.draws));
  const at::Tensor z =
      at::cat({noise.narrow(0, 0, of_prior),
               noise.narrow(0, of_prior, options.draws - of_prior)
                   .matmul(factor.t())
                   .add(mean)});
  const at::Tensor white =
      at::linalg_solve_triangular(factor, z.sub(mean).t(), /*upper=*/false).t();
  const at::Tensor prior = LogNormal(z);
  const double share =
      static_cast<double>(of_prior) / static_cast<double>(options.draws);
  const at::Tensor proposal =
      at::logaddexp(prior.add(std::log(share)),
                    LogNormal(white).sub(log_volume).add(std::log1p(-share)));
  const at::Tensor likelihood =
      at::binary_cross_entropy_with_logits(
          model.decode(z.to(at::kFloat)).to(at::kDouble),
          x.to(at::kDouble).expand({options.draws, x.size(1)}), {}, {},
          at::Reduction::None)
          .sum(1)
          .neg();
  return std::log(static_cast<double>(options.draws)) -
         at::logsumexp(likelihood.add(prior).sub(proposal), 0).item<double>();
}

}  // namespace

at::Tensor NegativeLogLikelihoods(const CodeModel& model, const at::Tensor& x,
                                  const CodeLikelihoodOptions& options,
                                  uint64_t seed) {
  const at::Tensor values = at::empty({x.size(0)}, at::kDouble);
  for (int64_t i = 0; i < x.size(0); ++i) {
    values.mutable_data_ptr<double>()[i] =
        OfRow(model, x.narrow(0, i, 1), options,
              {.seed = seed, .step = static_cast<uint32_t>(i), .row = 0});
  }
  return values;
}

}  // namespace scoreserve
