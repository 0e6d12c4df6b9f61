#include "server/engine/example_intake.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/status.h"
#include "server/engine/job_errors.h"

namespace scoreserve {
namespace {

// Rows that are kept between two looks at which of them still matter: at least,
// and as a share of those that are.
constexpr double kPruneAfterRows = 65536;
constexpr double kPruneAfterShare = 0.25;

absl::Status Reached(const std::string& quota, int64_t most, int64_t rows,
                     int64_t refused) {
  return WithReason(absl::ResourceExhaustedError(absl::StrCat(
                        quota, " of ", most, " is reached: the ", rows,
                        " rows before are kept, these ", refused, " are not")),
                    Reason::kQuotaReached);
}

// The rows of `examples` that come after `rows`, which must not leave a gap.
absl::StatusOr<StoredExamples> NewRows(const Examples& examples, int64_t dim,
                                       int64_t rows) {
  const auto count = static_cast<int64_t>(examples.x.size()) / dim;
  if (examples.first_offset > rows) {
    return WithReason(
        InvalidField("first_offset", absl::StrCat("at most ", rows),
                     absl::StrCat(examples.first_offset)),
        Reason::kOffsetGap);
  }
  const int64_t known = std::min(count, rows - examples.first_offset);
  StoredExamples fresh = {.first_offset = examples.first_offset + known,
                          .rows = count - known};
  fresh.x = absl::MakeConstSpan(examples.x).subspan(known * dim);
  if (!examples.classes.empty())
    fresh.classes = absl::MakeConstSpan(examples.classes).subspan(known);
  return fresh;
}

}  // namespace

bool ExampleIntake::Add(Arrival arrival) {
  absl::MutexLock lock(&mu_);
  arrivals_.push_back(std::move(arrival));
  return arrivals_.size() == 1;
}

void ExampleIntake::Flush(
    absl::FunctionRef<void(const std::shared_ptr<FineTuning>&)> added) {
  std::vector<Arrival> arrivals;
  {
    absl::MutexLock lock(&mu_);
    arrivals.swap(arrivals_);
  }
  std::vector<absl::StatusOr<int64_t>> answers;
  std::vector<JobStore::Addition> additions;
  std::map<const ExampleStream*, int64_t>
      rows;  // With what is about to be written.
  for (const Arrival& arrival : arrivals) {
    int64_t& known =
        rows.try_emplace(arrival.stream.get(), arrival.stream->rows)
            .first->second;
    absl::StatusOr<StoredExamples> fresh = Admit(arrival, known);
    if (!fresh.ok()) {
      answers.push_back(fresh.status());
      continue;
    }
    known += fresh->rows;
    answers.push_back(known);
    if (fresh->rows > 0)
      additions.push_back({.name = arrival.job->name(), .examples = *fresh});
  }
  const absl::Status written =
      additions.empty() ? absl::OkStatus() : store_->Append(additions);
  size_t next = 0;
  for (size_t i = 0; i < arrivals.size(); ++i) {
    const Arrival& arrival = arrivals[i];
    if (!written.ok() && answers[i].ok()) {
      answers[i] = written;
      arrival.job->StorageFailed(written);
    }
    const bool has_rows = answers[i].ok() && *answers[i] > arrival.stream->rows;
    if (!has_rows) continue;
    const StoredExamples& fresh = additions[next++].examples;
    arrival.stream->rows = *answers[i];
    arrival.stream->kept_rows += fresh.rows;
    arrival.stream->kept.emplace_back(fresh.first_offset, fresh.rows);
    arrival.job->AddRows(
        ToRows(arrival.job->plan().config, fresh.x, fresh.classes));
    added(arrival.job);
  }
  for (size_t i = 0; i < arrivals.size(); ++i) arrivals[i].done(answers[i]);
}

absl::StatusOr<StoredExamples> ExampleIntake::Admit(const Arrival& arrival,
                                                    int64_t rows) {
  FineTuning& job = *arrival.job;
  if (HasEnded(job.state())) return JobEnded(job.name());
  const FineTuneSpec& spec = job.plan().spec;
  const int64_t dim = job.plan().config.data.dim();
  absl::StatusOr<StoredExamples> fresh = NewRows(arrival.examples, dim, rows);
  if (!fresh.ok() || fresh->rows == 0) return fresh;
  if (rows + fresh->rows > spec.max_rows)
    return Reached("quota.max_rows", spec.max_rows, rows, fresh->rows);
  // What waits to be written in this flush is counted with the next.
  const auto bytes = [&] {
    return (arrival.stream->kept_rows + fresh->rows) * dim *
           static_cast<int64_t>(sizeof(float));
  };
  const bool full = bytes() > spec.max_bytes;
  absl::Status pruned = Prune(job, *arrival.stream, /*always=*/full);
  if (!pruned.ok()) return pruned;
  if (bytes() > spec.max_bytes)
    return Reached("quota.max_bytes", spec.max_bytes, rows, fresh->rows);
  return fresh;
}

absl::Status ExampleIntake::Prune(FineTuning& job, ExampleStream& stream,
                                  bool always) {
  const auto grown = static_cast<double>(stream.kept_rows - stream.needed_rows);
  const double due =
      std::max(kPruneAfterRows,
               kPruneAfterShare * static_cast<double>(stream.needed_rows));
  if (!always && grown < due) return absl::OkStatus();
  const std::vector<bool> needed = job.Needs(stream.kept);
  std::map<int64_t, bool> by_offset;
  for (size_t i = 0; i < needed.size(); ++i)
    by_offset[stream.kept[i].first] = needed[i];
  absl::Status pruned =
      store_->Prune(job.name(), [&](int64_t first_offset, int64_t) {
        const auto found = by_offset.find(first_offset);
        return found == by_offset.end() || found->second;
      });
  if (!pruned.ok()) return pruned;
  std::erase_if(stream.kept, [&](const std::pair<int64_t, int64_t>& addition) {
    return !by_offset[addition.first];
  });
  stream.kept_rows = 0;
  for (const auto& [first, rows] : stream.kept) stream.kept_rows += rows;
  stream.needed_rows = stream.kept_rows;
  return absl::OkStatus();
}

}  // namespace scoreserve
