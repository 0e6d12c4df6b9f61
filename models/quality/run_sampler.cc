#include "models/quality/run_sampler.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/zeros.h"
#include "c10/core/InferenceMode.h"
#include "models/samplers/advance.h"
#include "models/samplers/noise.h"

namespace scoreserve {

at::Tensor RunSampler(const ScoreNetwork& network, const SamplerPlan& plan,
                      int64_t rows, uint64_t seed) {
  const int64_t dim = network.dim();
  at::Tensor x = at::empty({rows, dim}, at::kFloat);
  const at::Tensor y = at::zeros({rows, dim}, at::kFloat);
  FillNormals(NoiseKey{.seed = seed}, Purpose::kStart, rows, dim,
              x.mutable_data_ptr<float>());
  x.mul_(plan.start_scale);

  const c10::InferenceMode inference;
  const at::Tensor label = at::empty({rows}, at::kDouble);
  Workspace workspace;
  std::vector<RowStep> steps(static_cast<size_t>(rows));
  for (int64_t k = 0; k < plan.table.num_steps(); ++k) {
    const Step& step = plan.table.At(k);
    for (int64_t row = 0; row < rows; ++row) {
      steps[static_cast<size_t>(row)] = {
          .xx = static_cast<float>(step.xx),
          .xy = static_cast<float>(step.xy),
          .xs = static_cast<float>(step.xs),
          .xz = static_cast<float>(step.xz),
          .yx = static_cast<float>(step.yx),
          .yy = static_cast<float>(step.yy),
          .ys = static_cast<float>(step.ys),
          .yz = static_cast<float>(step.yz),
          .noise = {.seed = seed,
                    .step = static_cast<uint32_t>(k),
                    .row = static_cast<uint32_t>(row)}};
    }
    label.fill_(step.label);
    const at::Tensor score = network.Score({.x = x, .label = label}, workspace);
    Advance(steps, dim, score.const_data_ptr<float>(),
            x.mutable_data_ptr<float>(), y.mutable_data_ptr<float>());
  }
  return x;
}

}  // namespace scoreserve
