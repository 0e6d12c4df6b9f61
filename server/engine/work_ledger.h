#ifndef SCORESERVE_SERVER_ENGINE_WORK_LEDGER_H_
#define SCORESERVE_SERVER_ENGINE_WORK_LEDGER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/engine/work_class.h"

namespace scoreserve {

class WorkLedger;

// The right to have some work outstanding; gives it back when destroyed,
// however the request ends. Movable; outlived by its ledger.
class Ticket {
 public:
  Ticket() = default;
  Ticket(Ticket&& other) noexcept
      : ledger_(std::exchange(other.ledger_, nullptr)),
        work_class_(other.work_class_),
        row_evaluations_(other.row_evaluations_) {}
  Ticket& operator=(Ticket&& other) noexcept {
    Release();
    ledger_ = std::exchange(other.ledger_, nullptr);
    work_class_ = other.work_class_;
    row_evaluations_ = other.row_evaluations_;
    return *this;
  }
  ~Ticket() { Release(); }

  // Gives the work back now.
  void Release();

 private:
  friend class WorkLedger;
  Ticket(WorkLedger* ledger, WorkClass work_class, int64_t row_evaluations)
      : ledger_(ledger),
        work_class_(work_class),
        row_evaluations_(row_evaluations) {}

  WorkLedger* ledger_ = nullptr;
  WorkClass work_class_ = WorkClass::kQuery;
  int64_t row_evaluations_ = 0;
};

// The account of accepted, unfinished work of one device, in row-evaluations:
// one row through the network once. It is where requests are refused, on the
// RPC thread, before anything is allocated for them. Thread-safe.
class WorkLedger {
 public:
  struct Options {
    // Most work outstanding, by class.
    std::array<int64_t, kNumWorkClasses> cap = {1 << 20, 100'000'000};
  };

  explicit WorkLedger(const Options& options) : cap_(options.cap) {}

  // INVALID_ARGUMENT naming `field` where the request alone is over the cap;
  // RESOURCE_EXHAUSTED (OVERLOADED) with the expected wait where it does not
  // fit beside what is outstanding.
  absl::StatusOr<Ticket> Reserve(WorkClass work_class, absl::string_view field,
                                 int64_t row_evaluations)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Tells how long a pass over `row_evaluations` rows took; a moving average of
  // these estimates waits.
  void Observe(int64_t row_evaluations, double seconds)
      ABSL_LOCKS_EXCLUDED(mu_);

  int64_t outstanding(WorkClass work_class) const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  friend class Ticket;
  // 0 until something has been observed.
  double SecondsPerRow() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return recent_rows_ == 0.0 ? 0.0 : recent_seconds_ / recent_rows_;
  }
  void GiveBack(WorkClass work_class, int64_t row_evaluations)
      ABSL_LOCKS_EXCLUDED(mu_);

  const std::array<int64_t, kNumWorkClasses> cap_;
  mutable absl::Mutex mu_;
  std::array<int64_t, kNumWorkClasses> outstanding_ ABSL_GUARDED_BY(mu_) = {};
  double recent_rows_ ABSL_GUARDED_BY(mu_) = 0.0;
  double recent_seconds_ ABSL_GUARDED_BY(mu_) = 0.0;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_WORK_LEDGER_H_
