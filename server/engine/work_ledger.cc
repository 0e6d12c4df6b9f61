#include "server/engine/work_ledger.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr double kKept = 0.99;  // Of the past, with every observation.
constexpr absl::Duration kShortestWait = absl::Milliseconds(10);
constexpr absl::Duration kLongestWait = absl::Seconds(30);

}  // namespace

void Ticket::Release() {
  if (ledger_ == nullptr) return;
  std::exchange(ledger_, nullptr)->GiveBack(work_class_, row_evaluations_);
}

absl::StatusOr<Ticket> WorkLedger::Reserve(WorkClass work_class,
                                           absl::string_view field,
                                           int64_t row_evaluations) {
  const size_t index = static_cast<size_t>(work_class);
  if (row_evaluations > cap_[index]) {
    return InvalidField(
        field,
        absl::StrCat("worth at most ", cap_[index],
                     " row-evaluations (rows times evaluations)"),
        absl::StrCat(row_evaluations));
  }
  absl::MutexLock lock(&mu_);
  if (outstanding_[index] > cap_[index] - row_evaluations) {
    // What has to end before this fits, at the device's rate.
    const double excess = static_cast<double>(outstanding_[index] +
                                              row_evaluations - cap_[index]);
    return Overloaded(
        absl::StrCat("outstanding row-evaluations must be at most ",
                     cap_[index], "; were ", outstanding_[index], " and ",
                     row_evaluations, " more"),
        std::clamp(absl::Seconds(excess * SecondsPerRow()), kShortestWait,
                   kLongestWait));
  }
  outstanding_[index] += row_evaluations;
  return Ticket(this, work_class, row_evaluations);
}

void WorkLedger::Observe(int64_t row_evaluations, double seconds) {
  absl::MutexLock lock(&mu_);
  // Both sums decay alike, so one slow pass counts by its rows, not as a rate.
  recent_rows_ = kKept * recent_rows_ + static_cast<double>(row_evaluations);
  recent_seconds_ = kKept * recent_seconds_ + seconds;
}

int64_t WorkLedger::outstanding(WorkClass work_class) const {
  absl::MutexLock lock(&mu_);
  return outstanding_[static_cast<size_t>(work_class)];
}

void WorkLedger::GiveBack(WorkClass work_class, int64_t row_evaluations) {
  absl::MutexLock lock(&mu_);
  outstanding_[static_cast<size_t>(work_class)] -= row_evaluations;
}

}  // namespace scoreserve
