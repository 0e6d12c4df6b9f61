// The part of a job that compares what it has learnt with what is served.

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "server/engine/fine_tuning.h"

namespace scoreserve {
namespace {

// Whether losses of the two can be compared row by row.
bool SameSpace(const ModelConfig& a, const ModelConfig& b) {
  return a.data.shape == b.data.shape && a.data.offset == b.data.offset &&
         a.data.scale == b.data.scale && a.label.kind == b.label.kind &&
         a.classes == b.classes;
}

std::string DifferenceText(double difference, double standard_error) {
  return absl::StrFormat("%.4g ± %.2g", difference, standard_error);
}

}  // namespace

bool FineTuning::CheckDue(Instant now) const {
  if (now < *next_check_) return false;
  absl::MutexLock lock(&mu_);
  if (publishing_) return false;
  const bool learnt = trainer_->steps_done() > checked_step_ &&
                      buffer_->hold_out_rows() >= kMinGateRows;
  return learnt || (memory_.watch.version != 0 &&
                    memory_.watch.checks.Due(buffer_->hold_out_rows()));
}

void FineTuning::BeginChecks(Instant now) {
  next_check_ = now + absl::ToChronoNanoseconds(plan_.spec.publish_interval);
  absl::StatusOr<std::shared_ptr<const ModelSnapshot>> in_service =
      host_->InService(plan_.spec.model, plan_.spec.alias);
  if (!in_service.ok()) {
    checked_step_ = trainer_->steps_done();
    return NotPublished(std::string(in_service.status().message()));
  }
  in_service_ = *std::move(in_service);
  PublishedWatch watch;
  {
    absl::MutexLock lock(&mu_);
    watch = memory_.watch;
  }
  if (watch.version == in_service_->version &&
      watch.checks.Due(buffer_->hold_out_rows())) {
    auto predecessor = host_->Version(plan_.spec.model, watch.predecessor);
    if (predecessor.ok()) {
      predecessor_ = *std::move(predecessor);
      check_kind_ = CheckKind::kWatch;
      check_.emplace(buffer_->Newest(kGateRows, watch.checks.next_ordinal),
                     &in_service_->exact(), &predecessor_->exact());
      return;
    }
  }
  BeginGateCheck();
  if (!check_.has_value()) in_service_.reset();
}

void FineTuning::BeginGateCheck() {
  const int64_t step = trainer_->steps_done();
  const int64_t hold_out = buffer_->hold_out_rows();
  if (step == checked_step_ || hold_out < kMinGateRows) return;
  checked_step_ = step;
  bool may_publish = true;
  {
    absl::MutexLock lock(&mu_);
    may_publish = memory_.watch.version != in_service_->version ||
                  memory_.watch.checks.MayPublish();
  }
  if (!may_publish) {
    return NotPublished(absl::StrCat(
        "version ", in_service_->version,
        " was worse than the one before it on the rows since; nothing is "
        "published until the next check of it"));
  }
  if (!SameSpace(in_service_->config, plan_.config)) {
    return NotPublished(absl::StrCat("version ", in_service_->version,
                                     ", in service, has other data or labels "
                                     "than the job's base version"));
  }
  absl::Status fits = gate_objective_->CheckNetwork(in_service_->exact());
  if (!fits.ok()) return NotPublished(std::string(fits.message()));
  check_kind_ = CheckKind::kGate;
  check_.emplace(buffer_->Newest(kGateRows), &in_service_->exact(),
                 &trainer_->averaged());
}

void FineTuning::CheckPiece() {
  if (!check_->Advance(*gate_losses_, PieceRows(), gate_workspace_)) return;
  check_kind_ == CheckKind::kWatch ? ConcludeWatch() : ConcludeGate();
  if (check_.has_value()) return;  // The gate's, after that of the watch.
  in_service_.reset();
  predecessor_.reset();
}

void FineTuning::ConcludeWatch() {
  const PairedDifference predecessor = check_->Difference();
  const int64_t end = check_->end_ordinal();
  check_.reset();
  Verdict verdict = Verdict::kKeep;
  {
    absl::MutexLock lock(&mu_);
    verdict = memory_.watch.checks.Judge(predecessor, end);
  }
  if (verdict == Verdict::kRollBack) {
    const int64_t from = in_service_->version, to = predecessor_->version;
    MoveTo(
        FineTuneState::kPaused,
        absl::StrCat(
            "rolled back from version ", from, " to ", to, ": worse by ",
            DifferenceText(predecessor.improvement, predecessor.standard_error),
            " on ", predecessor.rows,
            " rows since it was published, and so before"));
    host_->RollBack(shared_from_this(), from, to);
    host_->Changed(*this);
  } else {
    BeginGateCheck();
    host_->Remember(shared_from_this());
  }
}

void FineTuning::ConcludeGate() {
  const PairedDifference difference = check_->Difference();
  const FineTuneComparison comparison = {
      .step = trainer_->steps_done(),
      .rows = difference.rows,
      .hold_out = difference.candidate,
      .improvement = difference.improvement,
      .standard_error = difference.standard_error,
      .reference_version = in_service_->version};
  check_.reset();
  {
    absl::MutexLock lock(&mu_);
    FineTuneStatus& status = memory_.status;
    if (!status.first_check.has_value()) status.first_check = comparison;
    status.last_check = comparison;
    status.not_published.clear();
    publishing_ = difference.Exceeds();
  }
  if (!difference.Exceeds()) {
    return NotPublished(absl::StrCat(
        "better than version ", in_service_->version, " by ",
        DifferenceText(difference.improvement, difference.standard_error),
        " on ", difference.rows, " held-out rows: not by ", kStandardErrors,
        " standard errors"));
  }
  host_->Publish(shared_from_this(), trainer_->EmaWeights(), comparison);
}

void FineTuning::Published(const absl::StatusOr<PublishedVersion>& published) {
  absl::MutexLock lock(&mu_);
  publishing_ = false;
  FineTuneStatus& status = memory_.status;
  status.updated = absl::Now();
  if (!published.ok()) {
    status.not_published = std::string(published.status().message());
    return;
  }
  AddPublished(*published, memory_);
  memory_.watch.in_service = true;
}

void FineTuning::RolledBack(int64_t version) {
  absl::MutexLock lock(&mu_);
  if (memory_.watch.version == version) memory_.watch = {};
  for (PublishedVersion& published : memory_.status.published)
    published.rolled_back |= published.version == version;
}

void FineTuning::NotPublished(const std::string& why) {
  {
    absl::MutexLock lock(&mu_);
    memory_.status.not_published = why;
  }
  host_->Remember(shared_from_this());
  host_->Changed(*this);
}

}  // namespace scoreserve
