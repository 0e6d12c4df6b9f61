// Auto-encoders of digits whose codes come from an implicit encoder.

#ifndef SCORESERVE_MODELS_EXPERIMENTS_AUTO_ENCODER_H_
#define SCORESERVE_MODELS_EXPERIMENTS_AUTO_ENCODER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "ATen/core/Tensor.h"
#include "models/experiments/code_scores.h"
#include "models/implicit/implicit_encoder.h"
#include "models/networks/perceptron.h"
#include "models/training/adam.h"
#include "models/training/trainer.h"

namespace scoreserve {

enum class AutoEncoderKind {
  // Of bits x, by the evidence bound: the mean of
  //   −log p(x | z) + |z|²/2 + stopgrad(s(z | x)) · z.
  kVariational,
  // Of x in [0, 1], by reconstruction and the divergence of the codes of all
  // rows from the prior (Tolstikhin et al. 2018): the mean of
  //   |x − x̂(z)|² + 10 (|z|²/2 + stopgrad(s(z)) · z).
  kWasserstein,
};

struct AutoEncoderOptions {
  AutoEncoderKind kind = AutoEncoderKind::kVariational;
  int64_t codes = 8;
  int64_t noise = 16;
  int64_t width = 128;
  int64_t batch = 64;
  int64_t steps = 2000;
  // Standard deviation of what is added to f(x, ε): a code whose density had
  // no width would have no score.
  double jitter = 0.1;
};

// Thread-compatible. Its prior is N(0, I), and its codes are f(x, ε) + jitter ·
// ε', ε and ε' standard normal.
class AutoEncoder {
 public:
  // Without scores its codes are μ(x) + σ(x) ε, whose entropy is known.
  AutoEncoder(const AutoEncoderOptions& options,
              std::unique_ptr<CodeScores> scores, uint64_t seed);

  // One step of Adam for encoder and decoder on a batch of `rows`; before it,
  // one of the scores. Returns the loss.
  double Step(const at::Tensor& rows);

  // A code of each row, with noise of `draw`.
  at::Tensor Encode(const at::Tensor& x, uint64_t draw);
  // Logits of pixels [rows, kPixels].
  at::Tensor Decode(const at::Tensor& z);

 private:
  struct Codes {
    at::Tensor z;
    at::Tensor log_sigma;  // Where their entropy is known.
  };
  Codes Draw(const at::Tensor& x, uint64_t seed, int64_t step);

  AutoEncoderOptions options_;
  std::unique_ptr<CodeScores> scores_;
  uint64_t seed_;
  TrainerOptions schedule_;
  ImplicitEncoder encoder_;
  Perceptron decoder_;
  std::vector<at::Tensor> weights_;
  std::unique_ptr<Adam> adam_;
  Workspace encoding_, decoding_;
  int64_t steps_done_ = 0;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_EXPERIMENTS_AUTO_ENCODER_H_
