#include "models/networks/guidance.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ATen/ops/cat.h"
#include "ATen/ops/full.h"
#include "ATen/ops/tensor.h"

namespace scoreserve {
namespace {

// The rows that take two evaluations.
std::vector<int64_t> TwofoldRows(const int64_t* condition, const float* weight,
                                 int64_t rows) {
  std::vector<int64_t> twofold;
  for (int64_t i = 0; i < rows; ++i) {
    if (EvaluationsOf(condition[i], weight[i]) == 2) twofold.push_back(i);
  }
  return twofold;
}

// The conditions that the first evaluation of each row is made under: none
// where the weight is 0.
at::Tensor Applied(const at::Tensor& condition, const float* weight) {
  const at::Tensor applied = condition.clone();
  int64_t* values = applied.mutable_data_ptr<int64_t>();
  for (int64_t i = 0; i < applied.numel(); ++i) {
    if (weight[i] == 0.0f) values[i] = kNoCondition;
  }
  return applied;
}

}  // namespace

at::Tensor GuidedScore(const ScoreNetwork& network, const ScoreInput& input,
                       Workspace& workspace) {
  if (!input.condition.defined() || !input.guidance.defined()) {
    return network.Score(input, workspace);
  }
  const int64_t rows = input.x.size(0);
  const at::Device device = input.x.device();
  const float* weight = input.guidance.const_data_ptr<float>();
  const at::Tensor condition = Applied(input.condition, weight);
  const std::vector<int64_t> twofold =
      TwofoldRows(input.condition.const_data_ptr<int64_t>(), weight, rows);
  if (twofold.empty()) {
    return network.Score(
        {.x = input.x, .label = input.label, .condition = condition.to(device)},
        workspace);
  }
  const auto more = static_cast<int64_t>(twofold.size());
  const at::Tensor chosen = at::tensor(twofold, at::kLong);
  const at::Tensor index = chosen.to(device);
  const auto followed = [&index](const at::Tensor& tensor) {
    if (!tensor.defined()) return tensor;
    return at::cat({tensor, tensor.index_select(0, index)});
  };
  const at::Tensor none = at::full({more}, kNoCondition, condition.options());
  const at::Tensor score =
      network.Score({.x = followed(input.x),
                     .label = followed(input.label),
                     .condition = at::cat({condition, none}).to(device)},
                    workspace);
  const at::Tensor weights =
      input.guidance.index_select(0, chosen).unsqueeze(1).to(device);
  const at::Tensor unconditional = score.narrow(0, rows, more);
  const at::Tensor pull = score.index_select(0, index).sub_(unconditional);
  score.index_copy_(0, index, pull.mul_(weights).add_(unconditional));
  return score.narrow(0, 0, rows);
}

}  // namespace scoreserve
