#include "server/engine/live_rows.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "models/finite.h"
#include "models/samplers/constraint.h"
#include "models/samplers/metropolis.h"
#include "models/samplers/noise.h"
#include "models/status.h"
#include "server/engine/data_map.h"
#include "server/engine/ending.h"
#include "server/engine/scheduler.h"

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
  float* y = pass.companion(row);
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

void LiveRows::Add(SampleRequest request, int64_t most) {
  // A guided row takes two evaluations.
  const bool twofold =
      EvaluationsOfRows(request, 0, request.rows) > request.rows;
  const std::vector<int64_t> blocks = CutIntoBlocks(
      request.rows, twofold ? std::max<int64_t>(1, most / 2) : most);
  const auto run = std::make_shared<SampleRun>(
      std::move(request), static_cast<int64_t>(blocks.size()));
  auto place = std::find_if(
      waiting_.begin(), waiting_.end(), [&run](const Trajectory& other) {
        return run->request().deadline < other.run->request().deadline;
      });
  int64_t first_row = 0;
  for (size_t block = 0; block < blocks.size(); ++block) {
    const int64_t rows = blocks[block];
    place = waiting_.insert(place, {.run = run,
                                    .block = static_cast<int64_t>(block),
                                    .first_row = first_row,
                                    .rows = rows,
                                    .evaluations = EvaluationsOfRows(
                                        run->request(), first_row, rows),
                                    .step = 0,
                                    .state = nullptr});
    ++place;
    first_row += rows;
  }
  waiting_rows_ += first_row;
  CountTrajectories(static_cast<int64_t>(blocks.size()));
}

void LiveRows::DropDead(Instant now, Pass& pass) {
  const auto check = [this, now](const Trajectory& trajectory) {
    SampleRun& run = *trajectory.run;
    if (run.ended()) return;
    const SampleRequest& request = run.request();
    const absl::Status ended =
        CheckAlive(request.sink->Cancelled(), request.deadline, now);
    if (ended.ok()) return;
    ++metrics_->dropped;
    run.Fail(ended);
  };
  std::for_each(live_.begin(), live_.end(), check);
  std::for_each(waiting_.begin(), waiting_.end(), check);
  CloseGaps(pass);
  std::erase_if(waiting_, [this](const Trajectory& trajectory) {
    if (!trajectory.run->ended()) return false;
    waiting_rows_ -= trajectory.rows;
    CountTrajectories(-1);
    return true;
  });
}

void LiveRows::Assemble(Pass& pass) {
  Enter(pass);
  pass.steps.resize(live_rows_);
  pass.constrained.clear();
  int64_t row = 0;
  for (const Trajectory& trajectory : live_) {
    WriteStep(trajectory, row, pass);
    row += trajectory.rows;
  }
  pass.rows = live_rows_;
}

void LiveRows::WriteStep(const Trajectory& trajectory, int64_t row,
                         Pass& pass) {
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

void LiveRows::Enter(Pass& pass) {
  while (!waiting_.empty() &&
         live_evaluations_ + waiting_.front().evaluations <= max_evaluations_) {
    Trajectory trajectory = std::move(waiting_.front());
    waiting_.pop_front();
    if (trajectory.state != nullptr) {
      ImportBlock(*trajectory.state, live_rows_, pass);
      trajectory.state.reset();
    } else {
      WriteStart(trajectory,
                 {pass.row(live_rows_),
                  static_cast<size_t>(trajectory.rows * pass.dim())});
      WriteCompanions(trajectory, live_rows_, pass);
    }
    waiting_rows_ -= trajectory.rows;
    live_rows_ += trajectory.rows;
    live_evaluations_ += trajectory.evaluations;
    live_.push_back(std::move(trajectory));
  }
}

void LiveRows::Deliver(const absl::Status& status, Instant now, Pass& pass) {
  const int64_t dim = pass.dim();
  int64_t row = 0;
  for (Trajectory& trajectory : live_) {
    SampleRun& run = *trajectory.run;
    const absl::Span<const float> x(pass.row(row), trajectory.rows * dim);
    row += trajectory.rows;
    if (!status.ok()) {
      run.Fail(status);
    } else if (!AllFinite(x)) {
      if (!run.ended()) ++metrics_->divergences;
      run.Fail(Diverged(trajectory.step,
                        trajectory.first_row + FirstBadRow(x, dim)));
    } else {
      ++trajectory.step;
      run.Stepped(trajectory.block, trajectory.step, trajectory.first_row, x,
                  now);
      if (trajectory.step == run.request().plan->table.num_steps()) {
        run.Collect(trajectory.first_row, x);
      }
    }
  }
  metrics_->row_steps += live_rows_;
  CloseGaps(pass);
}

void LiveRows::CloseGaps(Pass& pass) {
  int64_t from = 0, to = 0;
  size_t kept = 0;
  for (size_t i = 0; i < live_.size(); ++i) {
    const SampleRun& run = *live_[i].run;
    const int64_t rows = live_[i].rows;
    if (!run.ended() && live_[i].step < run.request().plan->table.num_steps()) {
      if (to != from) {
        pass.MoveRows(from, to, rows);
        live_[kept] = std::move(live_[i]);
      }
      to += rows;
      ++kept;
    } else {
      live_evaluations_ -= live_[i].evaluations;
    }
    from += rows;
  }
  CountTrajectories(static_cast<int64_t>(kept) -
                    static_cast<int64_t>(live_.size()));
  live_.resize(kept);
  live_rows_ = to;
}

void LiveRows::FailAll(const absl::Status& status) {
  for (const Trajectory& trajectory : live_) trajectory.run->Fail(status);
  for (const Trajectory& trajectory : waiting_) trajectory.run->Fail(status);
  CountTrajectories(-static_cast<int64_t>(live_.size() + waiting_.size()));
  live_.clear();
  waiting_.clear();
  live_rows_ = live_evaluations_ = waiting_rows_ = 0;
}

}  // namespace scoreserve
