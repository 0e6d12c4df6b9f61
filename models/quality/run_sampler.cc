#include "models/quality/run_sampler.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/zeros.h"
#include "absl/types/span.h"
#include "c10/core/InferenceMode.h"
#include "models/samplers/advance.h"
#include "models/samplers/move_rows.h"
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
  std::vector<float> scratch;
  for (int64_t k = 0; k < plan.table.num_steps(); ++k) {
    const Step& step = plan.table.At(k);
    for (int64_t row = 0; row < rows; ++row) {
      steps[static_cast<size_t>(row)] =
          ToRowStep(step, {.seed = seed,
                           .step = static_cast<uint32_t>(k),
                           .row = static_cast<uint32_t>(row)});
    }
    label.fill_(step.label);
    const at::Tensor score = network.Score({.x = x, .label = label}, workspace);
    MoveRows({.dim = dim,
              .steps = absl::MakeSpan(steps),
              .score = score.mutable_data_ptr<float>(),
              .x = x.mutable_data_ptr<float>(),
              .y = y.mutable_data_ptr<float>()},
             scratch);
  }
  return x;
}

}  // namespace scoreserve
