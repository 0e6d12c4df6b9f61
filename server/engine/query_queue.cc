#include "server/engine/query_queue.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/finite.h"
#include "models/status.h"
#include "server/engine/data_map.h"
#include "server/engine/ending.h"
#include "server/engine/scheduler.h"

namespace scoreserve {

namespace {

// Room that each row of a query takes in a pass: all of a guided one are
// counted as two.
int64_t EvaluationsOfRow(const ScoreQuery& query) {
  return query.guidance.empty() ? 1 : 2;
}

// The labels and conditions of rows first … first + rows, behind those that the
// pass has.
void WriteLabels(const ScoreQuery& query, int64_t first, int64_t rows,
                 Pass& pass) {
  double* label = pass.label.data_ptr<double>() + pass.rows;
  if (query.labels.size() > 1) {
    std::copy_n(query.labels.begin() + first, rows, label);
  } else {
    std::fill_n(label, rows, query.labels.empty() ? 0.0 : query.labels[0]);
  }
  if (!pass.condition.defined()) return;
  int64_t* condition = pass.condition.data_ptr<int64_t>() + pass.rows;
  float* guidance = pass.guidance.data_ptr<float>() + pass.rows;
  for (int64_t i = 0; i < rows; ++i) {
    condition[i] = ValueOfRow(query.condition, first + i, kNoCondition);
    guidance[i] = ValueOfRow(query.guidance, first + i, 1.0f);
  }
}

// The first row whose score or energy is not finite.
std::optional<int64_t> FirstNotFinite(absl::Span<const float> scores,
                                      absl::Span<const double> energies,
                                      int64_t dim) {
  if (!AllFinite(scores)) return FirstBadRow(scores, dim);
  const auto bad =
      std::find_if_not(energies.begin(), energies.end(),
                       [](double energy) { return std::isfinite(energy); });
  if (bad == energies.end()) return std::nullopt;
  return bad - energies.begin();
}

}  // namespace

void QueryQueue::Add(ScoreQuery query, int64_t passes_begun, Instant now) {
  CountWaiting(query.rows());
  const Instant rank = RankOf(query.deadline, now);
  auto place = queries_.end();
  while (place != queries_.begin() && rank < (place - 1)->rank) --place;
  queries_.insert(place, {.query = std::move(query),
                          .passes_begun = passes_begun,
                          .rank = rank,
                          .rows_done = 0,
                          .rows_in_pass = 0,
                          .parts = {},
                          .energy_parts = {}});
}

QueryQueue::Waits QueryQueue::waits() const {
  Waits waits;
  for (const Waiting& waiting : queries_) {
    const int64_t rows =
        waiting.query.rows() - waiting.rows_done - waiting.rows_in_pass;
    if (rows == 0) continue;
    if (waits.evaluations == 0 || waiting.passes_begun < waits.passes_begun)
      waits.passes_begun = waiting.passes_begun;
    waits.evaluations += rows * EvaluationsOfRow(waiting.query);
  }
  return waits;
}

void QueryQueue::DropDead(Instant now) {
  for (Waiting& waiting : queries_) {
    const absl::Status ended = CheckAlive(waiting.query.sink->Cancelled(),
                                          waiting.query.deadline, now);
    if (ended.ok()) continue;
    ++metrics_->dropped;
    End(waiting, ended);
  }
  RemoveEnded();
}

int64_t QueryQueue::Take(int64_t free_rows, int64_t reserve, Pass& pass) {
  if (queries_.empty()) return 0;
  const int64_t dim = model_->dim();
  rows_.clear();
  for (const Waiting& waiting : queries_) {
    rows_.push_back(EvaluationsOfRow(waiting.query) *
                    (waiting.query.rows() - waiting.rows_done));
  }
  ShareFreeRows(rows_, free_rows, reserve, take_);
  int64_t evaluations = 0;
  for (size_t i = 0; i < queries_.size(); ++i) {
    Waiting& waiting = queries_[i];
    const ScoreQuery& query = waiting.query;
    const int64_t rows = take_[i] / EvaluationsOfRow(query);
    waiting.rows_in_pass = rows;
    if (rows == 0) continue;
    ToModelSpace(model_->config.data,
                 query.x.subspan(waiting.rows_done * dim, rows * dim),
                 pass.put_points(pass.rows, rows));
    WriteLabels(query, waiting.rows_done, rows, pass);
    pass.rows += rows;
    evaluations += rows * EvaluationsOfRow(query);
  }
  return evaluations;
}

void QueryQueue::Deliver(const absl::Status& status, int64_t first_row,
                         Pass& pass, int64_t pass_number) {
  int64_t row = first_row;
  for (Waiting& waiting : queries_) {
    const int64_t rows = waiting.rows_in_pass;
    if (rows == 0) continue;
    if (status.ok()) {
      AnswerPart(waiting, row, pass, pass_number);
    } else {
      End(waiting, status);
    }
    waiting.rows_in_pass = 0;
    row += rows;
  }
  RemoveEnded();
}

void QueryQueue::AnswerPart(Waiting& waiting, int64_t first_row, Pass& pass,
                            int64_t pass_number) {
  const int64_t dim = model_->dim();
  const int64_t rows = waiting.query.rows();
  const absl::Span<float> part =
      absl::MakeSpan(pass.score.data_ptr<float>() + first_row * dim,
                     waiting.rows_in_pass * dim);
  absl::Span<const double> energies;
  if (waiting.query.energy) {
    energies = {pass.energy.data_ptr<double>() + first_row,
                static_cast<size_t>(waiting.rows_in_pass)};
  }
  const std::optional<int64_t> bad = FirstNotFinite(part, energies, dim);
  if (bad.has_value()) {
    ++metrics_->divergences;
    End(waiting, Diverged(0, waiting.rows_done + *bad));
    return;
  }
  ScoreToDataSpace(model_->config.data, part);
  const bool whole = waiting.rows_in_pass == rows;
  if (!whole) {
    waiting.parts.insert(waiting.parts.end(), part.begin(), part.end());
    waiting.energy_parts.insert(waiting.energy_parts.end(), energies.begin(),
                                energies.end());
  }
  if (waiting.rows_done + waiting.rows_in_pass < rows) {
    waiting.rows_done += waiting.rows_in_pass;
    CountWaiting(-waiting.rows_in_pass);
    return;
  }
  metrics_->query_rows += rows;
  metrics_->query_passes.Record(
      static_cast<double>(pass_number - waiting.passes_begun));
  if (whole) {
    End(waiting, ScoreAnswer{.scores = part, .energies = energies});
  } else {
    End(waiting,
        ScoreAnswer{.scores = waiting.parts, .energies = waiting.energy_parts});
  }
}

void QueryQueue::End(Waiting& waiting, absl::StatusOr<ScoreAnswer> result) {
  CountWaiting(waiting.rows_done - waiting.query.rows());
  waiting.query.ticket.Release();
  // From here on x and labels may be gone.
  std::exchange(waiting.query.sink, nullptr)->Done(std::move(result));
}

void QueryQueue::FailAll(const absl::Status& status) {
  for (Waiting& waiting : queries_) End(waiting, status);
  queries_.clear();
}

void QueryQueue::RemoveEnded() {
  std::erase_if(queries_, [](const Waiting& waiting) {
    return waiting.query.sink == nullptr;
  });
}

void QueryQueue::CountWaiting(int64_t rows) {
  metrics_->waiting_query_rows += rows;
}

}  // namespace scoreserve
