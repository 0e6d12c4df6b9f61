#ifndef SCORESERVE_MODELS_TRAINING_ADAM_H_
#define SCORESERVE_MODELS_TRAINING_ADAM_H_

#include <cstdint>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/status/status.h"

namespace scoreserve {

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.99;
  double epsilon = 1e-8;
};

// Adam (Kingma and Ba 2015) over a fixed list of weights. Thread-compatible.
class Adam {
 public:
  Adam(std::vector<at::Tensor> weights, const AdamOptions& options);

  // Moves the weights by one step along `gradients`, in the weights' order.
  void Step(const std::vector<at::Tensor>& gradients, double learning_rate);

  // The running means of gradients, and of their squares, in the weights'
  // order; the tensors themselves. Written by Step().
  const std::vector<at::Tensor>& means() const { return means_; }
  const std::vector<at::Tensor>& squares() const { return squares_; }

  // Moves what it keeps to where the weights have been moved.
  // RESOURCE_EXHAUSTED where there is no room.
  absl::Status MoveTo(at::Device device);

  // Goes on as after `steps` steps, once the means and squares of then have
  // been written into the tensors above.
  void SetSteps(int64_t steps);

 private:
  AdamOptions options_;
  std::vector<at::Tensor> weights_, means_, squares_;
  std::vector<at::Tensor> steps_;  // What LibTorch's kernel counts in.
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_ADAM_H_
