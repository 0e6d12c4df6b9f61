#include "models/quality/run_sampler.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/full.h"
#include "ATen/ops/zeros.h"
#include "absl/types/span.h"
#include "c10/core/InferenceMode.h"
#include "models/networks/guidance.h"
#include "models/samplers/advance.h"
#include "models/samplers/metropolis.h"
#include "models/samplers/move_rows.h"
#include "models/samplers/noise.h"

namespace scoreserve {
namespace {

// scale · z, one row of z a row.
at::Tensor ScaledNormals(int64_t rows, int64_t dim, uint64_t seed,
                         Purpose purpose, double scale) {
  at::Tensor x = at::empty({rows, dim}, at::kFloat);
  FillNormals(NoiseKey{.seed = seed}, purpose, rows, dim,
              x.mutable_data_ptr<float>());
  return x.mul_(scale);
}

}  // namespace

at::Tensor RunSampler(const ScoreNetwork& network, const SamplerPlan& plan,
                      int64_t rows, uint64_t seed,
                      const SampleConditions& conditions) {
  const int64_t dim = network.dim();
  const at::Tensor x =
      ScaledNormals(rows, dim, seed, Purpose::kStart, plan.start_scale);
  const at::Tensor y =
      ScaledNormals(rows, dim, seed, Purpose::kCompanion, plan.companion_scale);
  const at::Tensor held_score = at::zeros({rows, dim});
  const at::Tensor held_energy = at::full({rows}, kNoEnergy, at::kDouble);
  std::vector<uint8_t> accepted(static_cast<size_t>(rows));

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
    const ScoreInput input = {.x = x,
                              .label = label,
                              .condition = conditions.condition,
                              .guidance = conditions.guidance};
    const ScoreAndEnergy at_x =
        plan.table.has_metropolis()
            ? network.ScoreWithEnergy(input, workspace)
            : ScoreAndEnergy{.score = GuidedScore(network, input, workspace)};
    MoveRows(
        {.dim = dim,
         .steps = absl::MakeSpan(steps),
         .score = at_x.score.mutable_data_ptr<float>(),
         .x = x.mutable_data_ptr<float>(),
         .y = y.mutable_data_ptr<float>(),
         .held_score = held_score.mutable_data_ptr<float>(),
         .held_energy = held_energy.mutable_data_ptr<double>(),
         .energy = at_x.energy.defined() ? at_x.energy.const_data_ptr<double>()
                                         : nullptr,
         .accepted = accepted.data()},
        scratch);
  }
  return x;
}

}  // namespace scoreserve
