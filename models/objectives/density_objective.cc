#include "models/objectives/density_objective.h"

#include <cstdint>

#include "ATen/ops/ones.h"
#include "models/networks/ordinary_mode.h"
#include "models/objectives/condition_dropout.h"
#include "models/samplers/normal_tensor.h"

namespace scoreserve {

at::Tensor DensityObjective::Losses(const ScoreNetwork& network,
                                    const ConditionedRows& rows,
                                    const NoiseKey& first,
                                    Workspace& workspace) const {
  // What is drawn here becomes part of a derivative.
  const OrdinaryMode ordinary;
  // Of each row, the noise first, where it gets any.
  const int64_t noise = levels_.none() ? 0 : 1;
  const int64_t dim = rows.x.size(1), draws = noise + draws_;
  const at::Tensor normals =
      NormalTensor(first, Purpose::kObjective, rows.size(), draws * dim,
                   rows.x.device())
          .view({rows.size(), draws, dim});
  const at::Tensor z = normals.narrow(1, noise, draws_);
  ScoreInput input = {
      .x = rows.x,
      .condition = WithDropout(rows.condition, condition_dropout_, first)};
  if (levels_.none()) {
    return LossesAt(network, input, z, at::ones({rows.size()}, z.options()),
                    workspace);
  }
  const RowLevels levels = levels_.Draw(rows.size(), first).To(rows.x.device());
  const at::Tensor sigma = levels.sigma.to(at::kFloat);
  input.x = rows.x.mul(levels.alpha.to(at::kFloat).unsqueeze(1))
                .addcmul(sigma.unsqueeze(1), normals.select(1, 0));
  if (network.label_kind() != LabelKind::kNone) input.label = levels.label;
  return LossesAt(network, input, z, sigma, workspace).mul(sigma.square());
}

}  // namespace scoreserve
