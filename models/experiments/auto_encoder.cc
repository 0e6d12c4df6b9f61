#include "models/experiments/auto_encoder.h"

#include <string>
#include <utility>

#include "ATen/ops/binary_cross_entropy_with_logits.h"
#include "ATen/ops/empty.h"
#include "c10/core/GradMode.h"
#include "models/experiments/digit_rows.h"
#include "models/samplers/noise.h"
#include "models/samplers/normal_tensor.h"
#include "models/training/batch_law.h"
#include "torch/csrc/autograd/autograd.h"

namespace scoreserve {
namespace {

constexpr uint32_t kDecoderLayer = 100;

at::Tensor Normals(int64_t rows, int64_t dim, uint64_t seed, int64_t step) {
  return NormalTensor(
      {.seed = seed, .step = static_cast<uint32_t>(step), .row = 0},
      Purpose::kUser, rows, dim);
}

ImplicitEncoderOptions EncoderOptions(const AutoEncoderOptions& options,
                                      bool implicit) {
  return {.rows = kPixels,
          .noise = implicit ? options.noise : 0,
          .codes = implicit ? options.codes : 2 * options.codes,
          .width = options.width,
          .layers = 2,
          .activation = Activation::kTanh};
}

}  // namespace

AutoEncoder::AutoEncoder(const AutoEncoderOptions& options,
                         std::unique_ptr<CodeScores> scores, uint64_t seed)
    : options_(options),
      scores_(std::move(scores)),
      seed_(seed),
      schedule_({.batch = options.batch,
                 .learning_rate = 1e-3,
                 .steps = options.steps}),
      encoder_(EncoderOptions(options, scores_ != nullptr), seed),
      decoder_({options.codes, options.width, options.width, kPixels},
               Activation::kTanh, seed, kDecoderLayer) {
  std::vector<std::pair<std::string, at::Tensor>> named;
  encoder_.AddWeights("encoder.", named);
  decoder_.AddWeights("decoder.", named);
  for (const auto& [name, weight] : named) {
    weights_.push_back(weight);
    weight.requires_grad_(true);
  }
  adam_ = std::make_unique<Adam>(weights_, AdamOptions());
}

AutoEncoder::Codes AutoEncoder::Draw(const at::Tensor& x, uint64_t seed,
                                     int64_t step) {
  const bool implicit = scores_ != nullptr;
  const at::Tensor noise =
      Normals(x.size(0), options_.codes + options_.noise, seed, step);
  const at::Tensor own = noise.narrow(1, 0, options_.codes);
  if (implicit) {
    return {.z = encoder_
                     .Encode(x, noise.narrow(1, options_.codes, options_.noise),
                             encoding_)
                     .add(own, options_.jitter),
            .log_sigma = {}};
  }
  const at::Tensor both =
      encoder_.Encode(x, at::empty({x.size(0), 0}), encoding_);
  // From narrow codes on, as the others: wide ones teach the decoder to do
  // without them.
  const at::Tensor log_sigma =
      both.narrow(1, options_.codes, options_.codes).sub(2.0);
  return {.z = log_sigma.exp().mul(own).add(both.narrow(1, 0, options_.codes)),
          .log_sigma = log_sigma};
}

double AutoEncoder::Step(const at::Tensor& rows) {
  const c10::AutoGradMode recording(true);
  const at::Tensor index = at::empty({options_.batch}, at::kLong);
  FillBatch(
      seed_, steps_done_, rows.size(0),
      {index.mutable_data_ptr<int64_t>(), static_cast<size_t>(options_.batch)});
  const at::Tensor x = rows.index_select(0, index);
  const bool variational = options_.kind == AutoEncoderKind::kVariational;

  const Codes codes = Draw(x, seed_, 2 * steps_done_);
  at::Tensor negative_entropy;
  if (scores_ == nullptr) {
    negative_entropy = codes.log_sigma.sum(1).neg();
  } else {
    DrawnCodes drawn = {.z = codes.z.detach()};
    if (variational) drawn.x = x;
    if (const int64_t draws = scores_->draws(); draws > 0) {
      const c10::NoGradGuard constant;
      drawn.more =
          Draw(x.repeat_interleave(draws, 0), seed_, 2 * steps_done_ + 1)
              .z.view({options_.batch, draws, options_.codes});
    }
    negative_entropy =
        NegativeEntropySurrogate(scores_->At(drawn, steps_done_), codes.z);
  }
  const at::Tensor divergence =
      codes.z.square().sum(1).mul(0.5).add(negative_entropy);
  const at::Tensor logits = decoder_.Forward(codes.z, decoding_);
  const at::Tensor loss = variational
                              ? at::binary_cross_entropy_with_logits(
                                    logits, x, {}, {}, at::Reduction::None)
                                    .sum(1)
                                    .add(divergence)
                                    .mean()
                              : x.sub(logits.sigmoid())
                                    .square()
                                    .sum(1)
                                    .add(divergence, 10.0)
                                    .mean();
  adam_->Step(torch::autograd::grad({loss}, weights_),
              LearningRate(schedule_, steps_done_));
  ++steps_done_;
  return loss.item<double>();
}

at::Tensor AutoEncoder::Encode(const at::Tensor& x, uint64_t draw) {
  const c10::NoGradGuard constant;
  // Another seed than training's.
  return Draw(x, ~seed_, static_cast<int64_t>(draw)).z.clone();
}

at::Tensor AutoEncoder::Decode(const at::Tensor& z) {
  const c10::NoGradGuard constant;
  decoding_.Begin();
  return decoder_.Forward(z, decoding_).clone();
}

}  // namespace scoreserve
