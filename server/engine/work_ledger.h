#ifndef SCORESERVE_SERVER_ENGINE_WORK_LEDGER_H_
#define SCORESERVE_SERVER_ENGINE_WORK_LEDGER_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "server/engine/clock.h"
#include "server/engine/service_rate.h"
#include "server/engine/work_class.h"

namespace scoreserve {

class WorkLedger;

// Work that asks to be let in.
struct WorkAsked {
  size_t device = 0;
  WorkClass work_class = WorkClass::kQuery;
  absl::string_view caller = "";  // Who asks; "": nobody in particular.
  absl::string_view field = "";   // Named where the work is too much by itself.
  int64_t rows = 0;               // Evaluations of the network at each step,
  int64_t row_evaluations = 0;    // and in all: `rows`, for a query.
  // Row-evaluations that a pass of its lane carries, always, where `padded`;
  // and of them, those that samplers may take.
  int64_t pass_rows = 1;
  int64_t sampler_rows = 1;
  bool padded = false;
  const ServiceRate* rate = nullptr;  // How long passes take; null: not known.
  Instant now = Instant();
  Instant deadline = Instant::max();
};

// The right to have some work outstanding; gives it back when destroyed,
// however the request ends. Movable; outlived by its ledger.
class Ticket {
 public:
  Ticket() = default;
  Ticket(Ticket&& other) noexcept { *this = std::move(other); }
  Ticket& operator=(Ticket&& other) noexcept;
  ~Ticket() { Release(); }

  // So many row-evaluations are done: they are not ahead of others any more.
  // Their room under the cap is held to the end.
  void Use(int64_t row_evaluations);

  // Gives the work back now.
  void Release();

 private:
  friend class WorkLedger;
  struct Held {
    size_t device = 0;
    WorkClass work_class = WorkClass::kQuery;
    int64_t* of_caller = nullptr;  // The caller's account.
    int64_t rows = 0;
    int64_t row_evaluations = 0;
    int64_t ahead = 0;  // Of them, not done.
    double seconds_per_evaluation = 0.0;
    std::pair<Instant, int64_t> turn;  // Its deadline and a number of its own.
  };

  WorkLedger* ledger_ = nullptr;
  Held held_;
};

// Why work was refused that may be asked for again.
enum class Refusal { kFull, kShare, kDeadline };
inline constexpr size_t kNumRefusals = 3;
inline constexpr absl::string_view RefusalName(Refusal refusal) {
  return std::array<absl::string_view, kNumRefusals>{
      "full", "share", "deadline"}[static_cast<size_t>(refusal)];
}

// The account of accepted, unfinished work in row-evaluations (one row through
// the network once), by device, class and caller. It is where requests are
// refused, on the RPC thread, before anything is allocated for them.
// Thread-safe.
//
// What is refused:
//  - kFull: it does not fit the class's cap beside what is outstanding.
//  - kShare: its caller has work outstanding, would go over cap / k, where k
//    callers contend (they have work outstanding, or were refused in the last
//    kContends), and half the cap is taken. So a caller alone may have all of
//    it; one that shares may use what nobody asks for up to half; and one that
//    asks for no more than cap / k finds that room when what the others have
//    beyond theirs has ended, since they cannot renew it.
//  - kDeadline: it would take more than `patience` times the time that is left.
//    Ahead of a query are all queries, with the rows of samplers that go
//    through the same passes. A sampler's steps are passes one after the other:
//    of all live rows, where it finds room beside them; else full ones, after
//    the samplers whose deadlines are not later. A deadline that is past is not
//    judged here: the loop ends such work with DEADLINE_EXCEEDED.
class WorkLedger {
 public:
  struct Options {
    // Most work outstanding on a device.
    ByClass<int64_t> cap = {1 << 20, 100'000'000, 0};
    // Above 1, work is let in that will be late, takes the time of what could
    // be done, and under lasting overload hardly anything is in time.
    double patience = 1.0;
  };
  static constexpr std::chrono::seconds kContends{2};

  explicit WorkLedger(const Options& options, size_t devices = 1)
      : options_(options), books_(devices) {}

  // INVALID_ARGUMENT naming `field` where the request alone is over the cap;
  // else RESOURCE_EXHAUSTED (OVERLOADED) with the expected wait, infinite where
  // the work alone would not be done in time.
  absl::StatusOr<Ticket> Reserve(const WorkAsked& asked)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Of the `count` devices from `first`, the one with the least work of that
  // class outstanding; among equals, with the least in all.
  size_t LeastLoaded(WorkClass work_class, size_t first, size_t count) const
      ABSL_LOCKS_EXCLUDED(mu_);

  // On one device, and on all.
  int64_t outstanding(size_t device, WorkClass work_class) const
      ABSL_LOCKS_EXCLUDED(mu_);
  int64_t outstanding(WorkClass work_class) const ABSL_LOCKS_EXCLUDED(mu_);
  int64_t refused(Refusal refusal) const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  friend class Ticket;

  struct Account {
    int64_t row_evaluations = 0;
    Instant contends_until = Instant::min();
  };
  // Of one device and class.
  struct Book {
    int64_t rows = 0;  // At each step.
    int64_t row_evaluations = 0;
    double seconds = 0.0;  // Its row-evaluations not done, at their rates.
    std::map<std::string, Account> accounts;
    size_t reserved_since = 0;  // Contenders() looked at them.
    // Seconds of what has a deadline, by that.
    std::map<std::pair<Instant, int64_t>, double> turns;
  };
  using Books = ByClass<Book>;

  // What the work takes: `alone` on an idle device, and as things are.
  struct Estimate {
    double alone = 0.0;
    double seconds = 0.0;
  };
  Estimate ExpectQuery(const WorkAsked& asked, double own_seconds) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Estimate ExpectSampler(const WorkAsked& asked, double own_seconds) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Estimate Expect(const WorkAsked& asked, double own_seconds) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Refuse(Refusal refusal, Account& account, Instant now,
                      absl::string_view message, double wait_seconds)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // How many contend for `book`, the one with `account` among them; forgets the
  // others.
  static int64_t Contenders(Book& book, const Account& account, Instant now);
  // So much more of it is ahead of others.
  void CountAhead(Ticket::Held& held, int64_t row_evaluations)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Use(Ticket::Held& held, int64_t row_evaluations)
      ABSL_LOCKS_EXCLUDED(mu_);
  void GiveBack(Ticket::Held& held) ABSL_LOCKS_EXCLUDED(mu_);

  const Options options_;
  mutable absl::Mutex mu_;
  std::vector<Books> books_ ABSL_GUARDED_BY(mu_);  // By device.
  std::array<int64_t, kNumRefusals> refused_ ABSL_GUARDED_BY(mu_) = {};
  int64_t tickets_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_WORK_LEDGER_H_
