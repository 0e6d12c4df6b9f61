#include "server/engine/lane.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "ATen/ops/empty.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/finite.h"
#include "models/samplers/noise.h"
#include "models/status.h"
#include "server/engine/data_map.h"

namespace scoreserve {
namespace {

absl::Status Cancelled() {
  return WithReason(absl::CancelledError("cancelled by the caller"),
                    Reason::kCancelled);
}

absl::Status Expired() {
  return WithReason(absl::DeadlineExceededError("the deadline passed first"),
                    Reason::kExpired);
}

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

// The first row of `values` that has a value which is not finite; the caller
// knows that there is one.
int64_t FirstBadRow(absl::Span<const float> values, int64_t dim) {
  int64_t row = 0;
  while (AllFinite(values.subspan(row * dim, dim))) ++row;
  return row;
}

}  // namespace

Lane::Lane(std::shared_ptr<const ModelSnapshot> model, EngineMetrics* metrics)
    : model_(std::move(model)),
      max_rows_(model_->max_batch_rows),
      reserve_(QueryReserve(max_rows_)),
      metrics_(metrics) {
  pass_.network = model_->network.get();
  pass_.x = at::empty({max_rows_, model_->dim()}, at::kFloat);
  pass_.label = at::empty({max_rows_}, at::kDouble);
}

Lane::~Lane() {
  FailAll(WithReason(absl::UnavailableError("the server is stopping"),
                     Reason::kStopping));
}

void Lane::Add(ScoreQuery query, int64_t passes_begun) {
  const int64_t rows = query.rows();
  waiting_query_rows_ += rows;
  metrics_->waiting_query_rows += rows;
  queries_.push_back({.query = std::move(query),
                      .passes_begun = passes_begun,
                      .rows_done = 0,
                      .rows_in_pass = 0,
                      .parts = {}});
}

void Lane::Add(SampleRequest request) {
  const std::vector<int64_t> blocks = CutIntoBlocks(request.rows, reserve_);
  const auto run = std::make_shared<SampleRun>(std::move(request),
                                               static_cast<int64_t>(blocks.size()));
  const auto later = [&run](const Trajectory& other) {
    return run->request().deadline < other.run->request().deadline;
  };
  // Earliest deadline first; the oldest first among equals.
  auto place = std::find_if(waiting_.begin(), waiting_.end(), later);
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
  waiting_sampling_rows_ += first_row;
  metrics_->live_trajectories += static_cast<int64_t>(blocks.size());
}

LaneLoad Lane::load() const {
  return {.waiting_query_rows = waiting_query_rows_,
          .sampling_rows = live_rows_ + waiting_sampling_rows_,
          .served_seconds = served_seconds_,
          .in_flight = in_flight_};
}

bool Lane::idle() const {
  return queries_.empty() && live_.empty() && waiting_.empty();
}

void Lane::DropDead(Instant now) {
  for (WaitingQuery& waiting : queries_) {
    if (waiting.query.sink->Cancelled()) {
      EndQuery(waiting, Cancelled());
    } else if (waiting.query.deadline <= now) {
      EndQuery(waiting, Expired());
    }
  }
  std::erase_if(queries_, [](const WaitingQuery& waiting) {
    return waiting.query.sink == nullptr;
  });

  const auto drop = [this, now](const Trajectory& trajectory) {
    SampleRun& run = *trajectory.run;
    if (run.ended()) return;
    const bool cancelled = run.request().sink->Cancelled();
    if (!cancelled && run.request().deadline > now) return;
    ++metrics_->dropped;
    run.Fail(cancelled ? Cancelled() : Expired());
  };
  std::for_each(live_.begin(), live_.end(), drop);
  std::for_each(waiting_.begin(), waiting_.end(), drop);
  CloseGaps();
  std::erase_if(waiting_, [this](const Trajectory& trajectory) {
    if (!trajectory.run->ended()) return false;
    waiting_sampling_rows_ -= trajectory.rows;
    --metrics_->live_trajectories;
    return true;
  });
}

Pass& Lane::Assemble() {
  Enter();
  pass_.steps.resize(live_rows_);
  double* label = pass_.label.data_ptr<double>();
  int64_t row = 0;
  for (const Trajectory& trajectory : live_) {
    const SampleRequest& request = trajectory.run->request();
    const Step& step = request.plan->table.At(trajectory.step);
    RowStep row_step = ToRowStep(step);
    row_step.noise = {.seed = request.seed,
                      .step = static_cast<uint32_t>(trajectory.step),
                      .row = static_cast<uint32_t>(trajectory.first_row)};
    for (int64_t i = 0; i < trajectory.rows; ++i, ++row) {
      pass_.steps[row] = row_step;
      label[row] = step.label;
      ++row_step.noise.row;
    }
  }
  pass_.rows = live_rows_;
  TakeQueries();
  in_flight_ = true;
  return pass_;
}

void Lane::Enter() {
  while (!waiting_.empty() &&
         live_rows_ + waiting_.front().rows <= max_rows_ - reserve_) {
    Trajectory trajectory = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_sampling_rows_ -= trajectory.rows;
    Start(trajectory, live_rows_);
    live_rows_ += trajectory.rows;
    live_.push_back(std::move(trajectory));
  }
}

void Lane::Start(const Trajectory& trajectory, int64_t lane_row) {
  const SampleRequest& request = trajectory.run->request();
  const int64_t dim = model_->dim(), size = trajectory.rows * dim;
  float* x = pass_.row(lane_row);
  if (!request.start.empty()) {
    ToModelSpace(model_->config.data,
                 absl::MakeSpan(request.start).subspan(trajectory.first_row * dim, size),
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

void Lane::TakeQueries() {
  if (queries_.empty()) return;
  const int64_t dim = model_->dim();
  query_rows_.clear();
  for (const WaitingQuery& waiting : queries_) {
    query_rows_.push_back(waiting.query.rows() - waiting.rows_done);
  }
  ShareFreeRows(query_rows_, max_rows_ - live_rows_, reserve_, take_);
  double* label = pass_.label.data_ptr<double>();
  for (size_t i = 0; i < queries_.size(); ++i) {
    WaitingQuery& waiting = queries_[i];
    const ScoreQuery& query = waiting.query;
    waiting.rows_in_pass = take_[i];
    if (take_[i] == 0) continue;
    ToModelSpace(model_->config.data,
                 query.x.subspan(waiting.rows_done * dim, take_[i] * dim),
                 pass_.row(pass_.rows));
    if (query.labels.size() > 1) {
      std::copy_n(query.labels.begin() + waiting.rows_done, take_[i],
                  label + pass_.rows);
    } else {
      std::fill_n(label + pass_.rows, take_[i],
                  query.labels.empty() ? 0.0 : query.labels[0]);
    }
    pass_.rows += take_[i];
  }
}

void Lane::Deliver(const absl::Status& status, int64_t pass_number, double seconds,
                   Instant now) {
  in_flight_ = false;
  served_seconds_ += seconds;
  DeliverQueries(status, pass_number);
  DeliverTrajectories(status, now);
}

void Lane::DeliverQueries(const absl::Status& status, int64_t pass_number) {
  int64_t row = live_rows_;
  for (WaitingQuery& waiting : queries_) {
    if (waiting.rows_in_pass == 0) continue;
    if (status.ok()) {
      AnswerPart(waiting, pass_.score.data_ptr<float>() + row * model_->dim(),
                 pass_number);
    } else {
      EndQuery(waiting, status);
    }
    row += std::exchange(waiting.rows_in_pass, 0);
  }
  // Answered queries are nearly always all of them, or the oldest.
  while (!queries_.empty() && queries_.front().query.sink == nullptr) {
    queries_.pop_front();
  }
  std::erase_if(queries_, [](const WaitingQuery& waiting) {
    return waiting.query.sink == nullptr;
  });
}

void Lane::AnswerPart(WaitingQuery& waiting, float* scores, int64_t pass_number) {
  const int64_t dim = model_->dim();
  const absl::Span<float> part = absl::MakeSpan(scores, waiting.rows_in_pass * dim);
  if (!AllFinite(part)) {
    ++metrics_->divergences;
    EndQuery(waiting, Diverged(0, waiting.rows_done + FirstBadRow(part, dim)));
    return;
  }
  ScoreToDataSpace(model_->config.data, part);
  const int64_t rows = waiting.query.rows();
  waiting.rows_done += waiting.rows_in_pass;
  const bool whole = waiting.rows_in_pass == rows;
  if (!whole) waiting.parts.insert(waiting.parts.end(), part.begin(), part.end());
  if (waiting.rows_done < rows) {
    waiting_query_rows_ -= waiting.rows_in_pass;
    metrics_->waiting_query_rows -= waiting.rows_in_pass;
    return;
  }
  waiting.rows_done -= waiting.rows_in_pass;  // EndQuery() gives them back.
  metrics_->query_rows += rows;
  metrics_->query_passes.Record(
      static_cast<double>(pass_number - waiting.passes_begun));
  EndQuery(waiting, whole ? absl::Span<const float>(part)
                          : absl::Span<const float>(waiting.parts));
}

void Lane::EndQuery(WaitingQuery& waiting,
                    absl::StatusOr<absl::Span<const float>> result) {
  const int64_t left = waiting.query.rows() - waiting.rows_done;
  waiting_query_rows_ -= left;
  metrics_->waiting_query_rows -= left;
  if (absl::IsCancelled(result.status()) ||
      absl::IsDeadlineExceeded(result.status())) {
    ++metrics_->dropped;
  }
  waiting.query.ticket.Release();
  // From here on x and labels may be gone.
  std::exchange(waiting.query.sink, nullptr)->Done(std::move(result));
}

void Lane::DeliverTrajectories(const absl::Status& status, Instant now) {
  if (live_.empty()) return;
  const int64_t dim = model_->dim();
  int64_t row = 0;
  for (Trajectory& trajectory : live_) {
    SampleRun& run = *trajectory.run;
    const absl::Span<const float> x(pass_.row(row), trajectory.rows * dim);
    row += trajectory.rows;
    if (!status.ok()) {
      run.Fail(status);
    } else if (!AllFinite(x)) {
      ++metrics_->divergences;
      run.Fail(Diverged(trajectory.step, trajectory.first_row + FirstBadRow(x, dim)));
    } else {
      ++trajectory.step;
      run.Stepped(trajectory.block, trajectory.step, trajectory.first_row, x, now);
      if (trajectory.step == run.request().plan->table.num_steps()) {
        run.Collect(trajectory.first_row, x);
      }
    }
  }
  metrics_->row_steps += live_rows_;
  CloseGaps();
}

void Lane::CloseGaps() {
  const int64_t dim = model_->dim();
  int64_t from = 0, to = 0;
  size_t kept = 0;
  for (size_t i = 0; i < live_.size(); ++i) {
    const int64_t rows = live_[i].rows;
    const SampleRun& run = *live_[i].run;
    const bool stays =
        !run.ended() && live_[i].step < run.request().plan->table.num_steps();
    if (stays) {
      if (to != from) {
        std::memmove(pass_.row(to), pass_.row(from), rows * dim * sizeof(float));
        live_[kept] = std::move(live_[i]);
      }
      to += rows;
      ++kept;
    }
    from += rows;
  }
  metrics_->live_trajectories -= static_cast<int64_t>(live_.size() - kept);
  live_.resize(kept);
  live_rows_ = to;
}

void Lane::FailAll(const absl::Status& status) {
  for (WaitingQuery& waiting : queries_) EndQuery(waiting, status);
  queries_.clear();
  for (const Trajectory& trajectory : live_) trajectory.run->Fail(status);
  for (const Trajectory& trajectory : waiting_) trajectory.run->Fail(status);
  metrics_->live_trajectories -= static_cast<int64_t>(live_.size() + waiting_.size());
  live_.clear();
  waiting_.clear();
  live_rows_ = waiting_sampling_rows_ = 0;
}

void Lane::ServedAtLeast(double seconds) {
  served_seconds_ = std::max(served_seconds_, seconds);
}

}  // namespace scoreserve
