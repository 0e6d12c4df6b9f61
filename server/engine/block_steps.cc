#include "server/engine/block_steps.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "models/samplers/constraint.h"
#include "models/samplers/metropolis.h"
#include "models/samplers/noise.h"
#include "server/engine/block_state.h"
#include "server/engine/data_map.h"

namespace scoreserve {
namespace {

// What the request knows of the rows of `trajectory`, once step `step` of its
// table is done (−1: at the start).
MaskLevel LevelAfter(const Trajectory& trajectory, int64_t step, int64_t row) {
  const SampleRequest& request = trajectory.run->request();
  const SamplerPlan& plan = *request.plan;
  MaskLevel level = {.alpha = plan.start_alpha,
                     .sigma = plan.start_sigma,
                     .noise = {.seed = request.seed,
                               .step = static_cast<uint32_t>(step + 1),
                               .row = static_cast<uint32_t>(row)}};
  if (step >= 0) {
    level.alpha = plan.table.At(step).end_alpha;
    level.sigma = plan.table.At(step).end_sigma;
  }
  return level;
}

// Where a trajectory begins, in model space: the rows it was given, or noise.
void WriteStart(const Trajectory& trajectory, absl::Span<float> x) {
  const SampleRequest& request = trajectory.run->request();
  const SamplerPlan& plan = *request.plan;
  const int64_t dim = request.model->dim();
  StartMap map = {.keep = 0.0, .noise = plan.start_scale};
  if (!request.start.empty()) {
    map = request.noise_start ? *plan.noised : plan.given;
  }
  std::vector<float> z(map.noise == 0.0 ? 0 : x.size());
  if (!z.empty()) {
    FillNormals({.seed = request.seed,
                 .step = 0,
                 .row = static_cast<uint32_t>(trajectory.first_row)},
                Purpose::kStart, trajectory.rows, dim, z.data());
  }
  if (!request.start.empty()) {
    ToModelSpace(request.model->config.data,
                 absl::MakeConstSpan(request.start)
                     .subspan(trajectory.first_row * dim, x.size()),
                 x.data());
  }
  const float keep = static_cast<float>(map.keep);
  const float noise = static_cast<float>(map.noise);
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = (request.start.empty() ? 0.0f : keep * x[i]) +
           (z.empty() ? 0.0f : noise * z[i]);
  }
  if (request.constraint == nullptr) return;
  for (int64_t i = 0; i < trajectory.rows; ++i) {
    const int64_t row = trajectory.first_row + i;
    Impose(*request.constraint, row, LevelAfter(trajectory, -1, row),
           x.subspan(i * dim, dim), z);
  }
}

// The planes beside x that its sampler needs, at row `row` of the pass.
void WriteCompanions(const Trajectory& trajectory, int64_t row, Pass& pass) {
  const SampleRequest& request = trajectory.run->request();
  const SamplerPlan& plan = *request.plan;
  const int64_t dim = pass.dim(), size = trajectory.rows * dim;
  if (plan.table.has_metropolis()) {
    pass.NeedHeld();
    std::fill_n(pass.held_energy.data_ptr<double>() + row, trajectory.rows,
                kNoEnergy);
  }
  if (!plan.table.has_companion() && !plan.table.has_metropolis()) return;
  pass.NeedCompanion();
  float* y = pass.put_companions(row, trajectory.rows);
  if (plan.companion_scale == 0.0) {
    std::fill_n(y, size, 0.0f);
    return;
  }
  FillNormals({.seed = request.seed,
               .step = 0,
               .row = static_cast<uint32_t>(trajectory.first_row)},
              Purpose::kCompanion, trajectory.rows, dim, y);
  const float scale = static_cast<float>(plan.companion_scale);
  for (int64_t i = 0; i < size; ++i) y[i] *= scale;
}

}  // namespace

void PutBlock(Trajectory& trajectory, int64_t row, Pass& pass) {
  if (trajectory.state != nullptr) {
    ImportBlock(*trajectory.state, row, pass);
    trajectory.state.reset();
    return;
  }
  WriteStart(trajectory, {pass.put_points(row, trajectory.rows),
                          static_cast<size_t>(trajectory.rows * pass.dim())});
  WriteCompanions(trajectory, row, pass);
}

void WriteStep(const Trajectory& trajectory, int64_t row, Pass& pass) {
  const SampleRequest& request = trajectory.run->request();
  const Step& step = request.plan->table.At(trajectory.step);
  RowStep row_step =
      ToRowStep(step, {.seed = request.seed,
                       .step = static_cast<uint32_t>(trajectory.step),
                       .row = static_cast<uint32_t>(trajectory.first_row)});
  std::fill_n(pass.label.data_ptr<double>() + row, trajectory.rows, step.label);
  const bool constrained = request.constraint != nullptr && step.completes;
  for (int64_t i = 0; i < trajectory.rows; ++i, ++row_step.noise.row) {
    pass.steps[row + i] = row_step;
    if (!constrained) continue;
    const int64_t own = trajectory.first_row + i;
    pass.constrained.push_back(
        {.row = row + i,
         .constraint = request.constraint.get(),
         .constraint_row = own,
         .level = LevelAfter(trajectory, trajectory.step, own)});
  }
  if (!pass.condition.defined()) return;
  int64_t* condition = pass.condition.data_ptr<int64_t>() + row;
  float* guidance = pass.guidance.data_ptr<float>() + row;
  for (int64_t i = 0; i < trajectory.rows; ++i) {
    const int64_t own = trajectory.first_row + i;
    condition[i] = ValueOfRow(request.condition, own, kNoCondition);
    guidance[i] = ValueOfRow(request.guidance, own, 1.0f);
  }
}

}  // namespace scoreserve
