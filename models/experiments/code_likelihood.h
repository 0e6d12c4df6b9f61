#ifndef SCORESERVE_MODELS_EXPERIMENTS_CODE_LIKELIHOOD_H_
#define SCORESERVE_MODELS_EXPERIMENTS_CODE_LIKELIHOOD_H_

#include <cstdint>
#include <functional>

#include "ATen/core/Tensor.h"

namespace scoreserve {

// A latent variable model of bits with prior N(0, I).
struct CodeModel {
  // A code of each row of x, [rows, codes], by draw number `draw`.
  std::function<at::Tensor(const at::Tensor& x, uint64_t draw)> encode;
  // The logits of x [rows, dim] given z [rows, codes].
  std::function<at::Tensor(const at::Tensor& z)> decode;
};

struct CodeLikelihoodOptions {
  int64_t fitted = 200;  // Codes of a row that the proposal is fitted to.
  int64_t draws = 1000;  // Of the proposal, for each row.
};

// −log p(x) of each row of bits x under the decoder and the prior, [rows],
// float64, by importance sampling. The proposal is a tenth the prior and else a
// Gaussian around codes that the encoder draws for x, with 1.5 times their
// covariance. The encoder's density is not needed, and how good the encoder is
// changes the variance alone: exp of minus the result is unbiased, so the
// result is too large on average, by half the relative variance of that.
at::Tensor NegativeLogLikelihoods(const CodeModel& model, const at::Tensor& x,
                                  const CodeLikelihoodOptions& options,
                                  uint64_t seed);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_CODE_LIKELIHOOD_H_
