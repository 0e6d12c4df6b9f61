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
  const float* weight = input.guidance.const_data_ptr<float>();
  const at::Tensor condition = Applied(input.condition, weight);
  const std::vector<int64_t> twofold =
      TwofoldRows(input.condition.const_data_ptr<int64_t>(), weight, rows);
  if (twofold.empty()) {
    return network.Score(
        {.x = input.x, .label = input.label, .condition = condition},
        workspace);
  }
  const auto more = static_cast<int64_t>(twofold.size());
  const at::Tensor index = at::tensor(twofold, at::kLong);
  const auto followed = [&index](const at::Tensor& tensor) {
    if (!tensor.defined()) return tensor;
    return at::cat({tensor, tensor.index_select(0, index)});
  };
  const at::Tensor score = network.Score(
      {.x = followed(input.x),
       .label = followed(input.label),
       .condition = at::cat(
           {condition, at::full({more}, kNoCondition, condition.options())})},
      workspace);
  const int64_t dim = score.size(1);
  float* conditional = score.mutable_data_ptr<float>();
  const float* unconditional = conditional + rows * dim;
  for (const int64_t row : twofold) {
    for (int64_t k = 0; k < dim; ++k, ++unconditional) {
      float& s = conditional[row * dim + k];
      s = *unconditional + weight[row] * (s - *unconditional);
    }
  }
  return score.narrow(0, 0, rows);
}

}  // namespace scoreserve
