#include "server/engine/live_rows.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "models/finite.h"
#include "models/samplers/noise.h"
#include "models/status.h"
#include "server/engine/data_map.h"
#include "server/engine/ending.h"
#include "server/engine/scheduler.h"

namespace scoreserve {
namespace {

RowStep ToRowStep(const Step& step) {
  const auto narrow = [](double value) { return static_cast<float>(value); };
  return {.xx = narrow(step.xx),
          .xy = narrow(step.xy),
          .xs = narrow(step.xs),
          .xz = narrow(step.xz),
          .yx = narrow(step.yx),
          .yy = narrow(step.yy),
          .ys = narrow(step.ys),
          .yz = narrow(step.yz),
          .noise = {}};
}

// Where a trajectory begins, in model space: the rows it was given, or noise.
void WriteStart(const Trajectory& trajectory, float* x) {
  const SampleRequest& request = trajectory.run->request();
  const int64_t dim = request.model->dim(), size = trajectory.rows * dim;
  if (!request.start.empty()) {
    ToModelSpace(request.model->config.data,
                 absl::MakeConstSpan(request.start)
                     .subspan(trajectory.first_row * dim, size),
                 x);
    return;
  }
  FillNormals({.seed = request.seed,
               .step = 0,
               .row = static_cast<uint32_t>(trajectory.first_row)},
              Purpose::kStart, trajectory.rows, dim, x);
  const float scale = static_cast<float>(request.plan->start_scale);
  for (int64_t i = 0; i < size; ++i) x[i] *= scale;
}

}  // namespace

void LiveRows::Add(SampleRequest request, int64_t most_rows) {
  const std::vector<int64_t> blocks = CutIntoBlocks(request.rows, most_rows);
  const auto run = std::make_shared<SampleRun>(
      std::move(request), static_cast<int64_t>(blocks.size()));
  auto place = std::find_if(
      waiting_.begin(), waiting_.end(), [&run](const Trajectory& other) {
        return run->request().deadline < other.run->request().deadline;
      });
  int64_t first_row = 0;
  for (size_t block = 0; block < blocks.size(); ++block) {
    place = waiting_.insert(place, {.run = run,
                                    .block = static_cast<int64_t>(block),
                                    .first_row = first_row,
                                    .rows = blocks[block],
                                    .step = 0});
    ++place;
    first_row += blocks[block];
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
  double* label = pass.label.data_ptr<double>();
  int64_t row = 0;
  for (const Trajectory& trajectory : live_) {
    const SampleRequest& request = trajectory.run->request();
    const Step& step = request.plan->table.At(trajectory.step);
    RowStep row_step = ToRowStep(step);
    row_step.noise = {.seed = request.seed,
                      .step = static_cast<uint32_t>(trajectory.step),
                      .row = static_cast<uint32_t>(trajectory.first_row)};
    for (int64_t i = 0; i < trajectory.rows; ++i, ++row) {
      pass.steps[row] = row_step;
      label[row] = step.label;
      ++row_step.noise.row;
    }
  }
  pass.rows = live_rows_;
}

void LiveRows::Enter(Pass& pass) {
  while (!waiting_.empty() && live_rows_ + waiting_.front().rows <= max_rows_) {
    Trajectory trajectory = std::move(waiting_.front());
    waiting_.pop_front();
    WriteStart(trajectory, pass.row(live_rows_));
    waiting_rows_ -= trajectory.rows;
    live_rows_ += trajectory.rows;
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
  const int64_t dim = pass.dim();
  int64_t from = 0, to = 0;
  size_t kept = 0;
  for (size_t i = 0; i < live_.size(); ++i) {
    const SampleRun& run = *live_[i].run;
    const int64_t rows = live_[i].rows;
    if (!run.ended() && live_[i].step < run.request().plan->table.num_steps()) {
      if (to != from) {
        std::memmove(pass.row(to), pass.row(from), rows * dim * sizeof(float));
        live_[kept] = std::move(live_[i]);
      }
      to += rows;
      ++kept;
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
  live_rows_ = waiting_rows_ = 0;
}

}  // namespace scoreserve
