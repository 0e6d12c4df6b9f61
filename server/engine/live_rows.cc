#include "server/engine/live_rows.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "models/status.h"
#include "server/engine/block_cut.h"
#include "server/engine/block_state.h"
#include "server/engine/block_steps.h"
#include "server/engine/ending.h"
#include "server/engine/observe_block.h"

namespace scoreserve {
namespace {

// What `rows` rows of `run`, which lie at `row` of the pass, end with: where
// they stand, if not all steps of their table are done.
absl::Span<const float> Samples(const SampleRun& run, int64_t row, int64_t rows,
                                Pass& pass) {
  const StepTable& table = run.request().plan->table;
  return {run.last_step() == table.num_steps() ? pass.points(row)
                                               : PointsOf(table, pass, row),
          static_cast<size_t>(rows * pass.dim())};
}

}  // namespace

void LiveRows::Add(SampleRequest request, int64_t most, Instant now) {
  // A guided row takes two evaluations.
  const bool twofold =
      EvaluationsOfRows(request, 0, request.rows) > request.rows;
  std::vector<BlockCut> cuts =
      CutRequest(request.rows, twofold ? std::max<int64_t>(1, most / 2) : most,
                 std::exchange(request.resume_from, {}));
  const auto run = std::make_shared<SampleRun>(std::move(request), cuts);
  const Instant rank = RankOf(run->request().deadline, now);
  for (size_t block = 0; block < cuts.size(); ++block) {
    BlockCut& cut = cuts[block];
    const int64_t step = cut.state == nullptr ? 0 : cut.state->step;
    if (step == run->last_step()) {
      run->Collect(cut.first_row, cut.state->x);
      continue;
    }
    Queue({.run = run,
           .block = static_cast<int64_t>(block),
           .first_row = cut.first_row,
           .rows = cut.rows,
           .evaluations =
               EvaluationsOfRows(run->request(), cut.first_row, cut.rows),
           .step = step,
           .passes = 0,
           .rank = rank,
           .state = std::move(cut.state)});
    CountTrajectories(1);
  }
}

void LiveRows::Queue(Trajectory trajectory) {
  CountWaiting(trajectory.rows);
  const auto place = std::upper_bound(
      waiting_.begin(), waiting_.end(), trajectory.rank,
      [](Instant rank, const Trajectory& other) { return rank < other.rank; });
  waiting_.insert(place, std::move(trajectory));
}

void LiveRows::DropDead(Instant now, bool draining, Pass& pass) {
  Stop(now, draining, pass);
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
    CountWaiting(-trajectory.rows);
    if (trajectory.parked()) --metrics_->parked_blocks;
    CountTrajectories(-1);
    return true;
  });
}

void LiveRows::Stop(Instant now, bool draining, Pass& pass) {
  int64_t row = 0;
  for (const Trajectory& trajectory : live_) {
    if (trajectory.run->ShouldStop(now, draining)) {
      TellState(trajectory, row, pass);
    }
    row += trajectory.rows;
  }
  for (const Trajectory& trajectory : waiting_) {
    if (trajectory.run->ShouldStop(now, draining) &&
        trajectory.state != nullptr) {
      trajectory.run->TellState(*trajectory.state);
    }
  }
  const auto stop = [=](const Trajectory& trajectory) {
    const std::optional<StopReason> reason =
        trajectory.run->ShouldStop(now, draining);
    if (reason.has_value()) trajectory.run->Stop(*reason);
  };
  std::for_each(live_.begin(), live_.end(), stop);
  std::for_each(waiting_.begin(), waiting_.end(), stop);
}

void LiveRows::TellState(const Trajectory& trajectory, int64_t row,
                         Pass& pass) {
  state_.first_row = trajectory.first_row;
  state_.rows = trajectory.rows;
  state_.step = trajectory.step;
  ExportBlock(trajectory.run->request().plan->table, pass, row, state_);
  trajectory.run->TellState(state_);
}

void LiveRows::Assemble(Instant now, Pass& pass) {
  Park(now, pass);
  Enter(pass);
  pass.steps.resize(live_rows_);
  pass.constrained.clear();
  pass.observed = false;
  int64_t row = 0;
  for (const Trajectory& trajectory : live_) {
    WriteStep(trajectory, row, pass);
    pass.observed |= trajectory.run->wants_observations();
    row += trajectory.rows;
  }
  pass.rows = live_rows_;
}

void LiveRows::Park(Instant now, Pass& pass) {
  if (waiting_.empty()) return;
  const int64_t needed =
      live_evaluations_ + waiting_.front().evaluations - max_evaluations_;
  if (needed <= 0) return;
  blocks_.clear();
  for (const Trajectory& trajectory : live_) {
    blocks_.push_back({.evaluations = trajectory.evaluations,
                       .passes = trajectory.passes,
                       .deadline = trajectory.run->request().deadline});
  }
  PickParked(blocks_, needed, waiting_.front().rank, parked_);
  if (parked_.empty()) return;
  int64_t row = 0;
  size_t next = 0;
  for (size_t i = 0; i < live_.size() && next < parked_.size(); ++i) {
    Trajectory& live = live_[i];
    const int64_t first = std::exchange(row, row + live.rows);
    if (i != parked_[next]) continue;
    ++next;
    live.state = std::make_unique<BlockState>(BlockState{
        .first_row = live.first_row, .rows = live.rows, .step = live.step});
    ExportBlock(live.run->request().plan->table, pass, first, *live.state);
    live.rank = RankOf(live.run->request().deadline, now);
    ++metrics_->parkings;
    ++metrics_->parked_blocks;
    CountTrajectories(1);    // It waits again; CloseGaps() counts it out.
    Queue(std::move(live));  // Leaves its run null: a gap.
  }
  CloseGaps(pass);
}

void LiveRows::Enter(Pass& pass) {
  while (!waiting_.empty() &&
         live_evaluations_ + waiting_.front().evaluations <= max_evaluations_) {
    Trajectory trajectory = std::move(waiting_.front());
    waiting_.pop_front();
    if (trajectory.parked()) --metrics_->parked_blocks;
    PutBlock(trajectory, live_rows_, pass);
    trajectory.passes = 0;
    CountWaiting(-trajectory.rows);
    live_rows_ += trajectory.rows;
    live_evaluations_ += trajectory.evaluations;
    live_.push_back(std::move(trajectory));
  }
}

void LiveRows::Deliver(const absl::Status& status, Instant now, Pass& pass) {
  int64_t row = 0;
  for (Trajectory& trajectory : live_) {
    SampleRun& run = *trajectory.run;
    if (!status.ok()) {
      run.Fail(status);
    } else if (const std::optional<int64_t> diverged =
                   pass.FirstDiverged(row, trajectory.rows)) {
      if (!run.ended()) ++metrics_->divergences;
      run.Fail(Diverged(trajectory.step, trajectory.first_row + *diverged));
    } else {
      if (run.wants_observations()) {
        run.Observe(trajectory.block, trajectory.step,
                    ObservationOf(run.request(), pass, row));
      }
      ++trajectory.step;
      ++trajectory.passes;
      run.Used(trajectory.evaluations);
      if (run.StatesDue(trajectory.step)) {
        run.TellStates(trajectory.step, trajectory.first_row,
                       {pass.points(row),
                        static_cast<size_t>(trajectory.rows * pass.dim())});
      }
      run.Stepped(trajectory.block, trajectory.step, now);
      const bool done = trajectory.step == run.last_step();
      if (done) {
        run.Collect(trajectory.first_row,
                    Samples(run, row, trajectory.rows, pass));
      }
      if (run.StateDue(trajectory.block, done, now)) {
        TellState(trajectory, row, pass);
      }
    }
    row += trajectory.rows;
  }
  metrics_->row_steps += live_rows_;
  CloseGaps(pass);
}

void LiveRows::CloseGaps(Pass& pass) {
  int64_t from = 0, to = 0;
  size_t kept = 0;
  for (size_t i = 0; i < live_.size(); ++i) {
    const SampleRun* run = live_[i].run.get();  // Null where it was parked.
    const int64_t rows = live_[i].rows;
    if (run != nullptr && !run->ended() && live_[i].step < run->last_step()) {
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
  for (const Trajectory& trajectory : waiting_)
    if (trajectory.parked()) --metrics_->parked_blocks;
  CountTrajectories(-static_cast<int64_t>(live_.size() + waiting_.size()));
  CountWaiting(-waiting_rows_);
  live_.clear();
  waiting_.clear();
  live_rows_ = live_evaluations_ = 0;
}

}  // namespace scoreserve
