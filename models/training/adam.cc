#include "models/training/adam.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <utility>
#include <vector>

#include "ATen/ops/_fused_adam.h"
#include "ATen/ops/zeros.h"
#include "ATen/ops/zeros_like.h"
#include "c10/core/GradMode.h"

namespace scoreserve {

Adam::Adam(std::vector<at::Tensor> weights, const AdamOptions& options)
    : options_(options), weights_(std::move(weights)) {
  for (const at::Tensor& weight : weights_) {
    means_.push_back(at::zeros_like(weight.detach()));
    squares_.push_back(at::zeros_like(weight.detach()));
    steps_.push_back(at::zeros({}, weight.options().requires_grad(false)));
  }
}

void Adam::Step(const std::vector<at::Tensor>& gradients,
                double learning_rate) {
  const c10::NoGradGuard no_grad;
  for (at::Tensor& step : steps_) step.add_(1.0);
  at::_fused_adam_(weights_, gradients, means_, squares_,
                   /*max_exp_avg_sqs=*/{}, steps_, learning_rate,
                   options_.beta1, options_.beta2,
                   /*weight_decay=*/0.0, options_.epsilon, /*amsgrad=*/false,
                   /*maximize=*/false);
}

absl::Status Adam::MoveTo(at::Device device) {
  try {
    for (auto* tensors : {&means_, &squares_, &steps_}) {
      for (at::Tensor& tensor : *tensors) tensor = tensor.to(device);
    }
  } catch (const std::exception& error) {
    return absl::ResourceExhaustedError(error.what());
  }
  return absl::OkStatus();
}

void Adam::SetSteps(int64_t steps) {
  const c10::NoGradGuard no_grad;
  // Where counting by one in float32 ends, long after it has ceased to matter.
  constexpr int64_t kLast = int64_t{1} << 24;
  for (at::Tensor& step : steps_) {
    step.fill_(static_cast<double>(std::min(steps, kLast)));
  }
}

}  // namespace scoreserve
