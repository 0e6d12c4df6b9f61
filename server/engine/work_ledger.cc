#include "server/engine/work_ledger.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr absl::Duration kShortestWait = absl::Milliseconds(10);
constexpr absl::Duration kLongestWait = absl::Seconds(30);

std::string CallerForMessage(absl::string_view caller) {
  return caller.empty() ? std::string("callers without a name")
                        : absl::StrCat("caller '", caller, "'");
}

double PassSeconds(const WorkAsked& asked, int64_t rows) {
  if (asked.rate == nullptr) return 0.0;
  return asked.rate->PassSeconds(
      asked.padded ? asked.pass_rows : std::min(rows, asked.pass_rows));
}

// What a row-evaluation takes where so many rows are under way: few make small
// passes, whose rows take longest.
double SecondsPerEvaluation(const WorkAsked& asked, int64_t rows) {
  const int64_t pass = std::clamp<int64_t>(rows, 1, asked.pass_rows);
  return PassSeconds(asked, pass) / static_cast<double>(pass);
}

}  // namespace

Ticket& Ticket::operator=(Ticket&& other) noexcept {
  if (this == &other) return *this;
  Release();
  ledger_ = std::exchange(other.ledger_, nullptr);
  held_ = other.held_;
  return *this;
}

void Ticket::Use(int64_t row_evaluations) {
  if (ledger_ != nullptr) ledger_->Use(held_, row_evaluations);
}

void Ticket::Release() {
  if (ledger_ == nullptr) return;
  std::exchange(ledger_, nullptr)->GiveBack(held_);
}

absl::StatusOr<Ticket> WorkLedger::Reserve(const WorkAsked& asked) {
  const int64_t work = asked.row_evaluations;
  const int64_t cap = options_.cap[IndexOf(asked.work_class)];
  if (work > cap) {
    return InvalidField(
        asked.field,
        absl::StrCat("worth at most ", cap,
                     " row-evaluations (rows times evaluations)"),
        absl::StrCat(work));
  }
  const double per_evaluation = SecondsPerEvaluation(asked, asked.pass_rows);
  absl::MutexLock lock(&mu_);
  Book& book = books_[asked.device][IndexOf(asked.work_class)];
  Account& account =
      book.accounts.try_emplace(std::string(asked.caller)).first->second;
  if (++book.reserved_since > book.accounts.size())
    Contenders(book, account, asked.now);  // Forgets who is gone.
  const int64_t taken = book.row_evaluations;
  if (taken > cap - work) {
    return Refuse(Refusal::kFull, account, asked.now,
                  absl::StrCat("outstanding row-evaluations must be at most ",
                               cap, "; were ", taken, " and ", work, " more"),
                  static_cast<double>(taken + work - cap) *
                      SecondsPerEvaluation(asked, book.rows));
  }
  if (account.row_evaluations > 0 && taken + work > cap / 2) {
    const int64_t contenders = Contenders(book, account, asked.now);
    const int64_t share = cap / contenders;
    const int64_t own = account.row_evaluations + work;
    if (own > share) {
      return Refuse(
          Refusal::kShare, account, asked.now,
          absl::StrCat("row-evaluations of ", CallerForMessage(asked.caller),
                       " must be at most ", share, ", the share of one of ",
                       contenders, "; would be ", own),
          static_cast<double>(own - share) *
              SecondsPerEvaluation(asked, book.rows));
    }
  }
  const double left = SecondsBetween(asked.now, asked.deadline);
  if (asked.deadline != Instant::max() && left > 0.0) {
    const Estimate expected =
        Expect(asked, per_evaluation * static_cast<double>(work));
    if (expected.seconds > options_.patience * left) {
      const bool hopeless = expected.alone > options_.patience * left;
      return Refuse(
          Refusal::kDeadline, account, asked.now,
          absl::StrFormat("the deadline must leave room for what is ahead; "
                          "%.3g s are left and about %.3g s are needed, %.3g "
                          "s of them for this request",
                          left, expected.seconds, expected.alone),
          hopeless ? std::numeric_limits<double>::infinity()
                   : expected.seconds - expected.alone);
    }
  }
  Ticket ticket;
  ticket.ledger_ = this;
  ticket.held_ = {.device = asked.device,
                  .work_class = asked.work_class,
                  .of_caller = &account.row_evaluations,
                  .rows = asked.rows,
                  .row_evaluations = work,
                  .seconds_per_evaluation = per_evaluation,
                  .turn = {asked.deadline, ++tickets_}};
  account.row_evaluations += work;
  book.row_evaluations += work;
  book.rows += asked.rows;
  CountAhead(ticket.held_, work);
  return ticket;
}

WorkLedger::Estimate WorkLedger::Expect(const WorkAsked& asked,
                                        double own_seconds) const {
  return asked.work_class == WorkClass::kQuery
             ? ExpectQuery(asked, own_seconds)
             : ExpectSampler(asked, own_seconds);
}

WorkLedger::Estimate WorkLedger::ExpectQuery(const WorkAsked& asked,
                                             double own_seconds) const {
  const Books& books = books_[asked.device];
  const Book& samplers = books[IndexOf(WorkClass::kSampling)];
  // Samplers take their part of each pass, where they fill it.
  const int64_t along = std::min(samplers.rows, asked.sampler_rows);
  const double per_row =
      static_cast<double>(along) / static_cast<double>(asked.pass_rows - along);
  const double work = books[IndexOf(WorkClass::kQuery)].seconds + own_seconds;
  return {.alone = std::max(own_seconds, PassSeconds(asked, asked.rows)),
          .seconds = std::max(work + std::min(samplers.seconds, work * per_row),
                              PassSeconds(asked, asked.rows + along))};
}

WorkLedger::Estimate WorkLedger::ExpectSampler(const WorkAsked& asked,
                                               double own_seconds) const {
  const Books& books = books_[asked.device];
  const Book& samplers = books[IndexOf(WorkClass::kSampling)];
  const int64_t steps = (asked.row_evaluations + asked.rows - 1) / asked.rows;
  const auto moving_with = [&](int64_t rows) {
    return std::max(own_seconds,
                    static_cast<double>(steps) *
                        PassSeconds(asked, std::min(rows, asked.sampler_rows)));
  };
  const int64_t live = samplers.rows + asked.rows;
  double ahead = books[IndexOf(WorkClass::kQuery)].seconds;
  if (live > asked.sampler_rows) {
    for (const auto& [turn, seconds] : samplers.turns) {
      if (turn.first > asked.deadline) break;
      ahead += seconds;
    }
  }
  return {.alone = moving_with(asked.rows),
          .seconds = ahead + moving_with(live)};
}

absl::Status WorkLedger::Refuse(Refusal refusal, Account& account, Instant now,
                                absl::string_view message,
                                double wait_seconds) {
  ++refused_[static_cast<size_t>(refusal)];
  const absl::Duration wait = absl::Seconds(wait_seconds);
  if (wait == absl::InfiniteDuration()) return Overloaded(message, wait);
  const absl::Duration told = absl::Ceil(
      std::clamp(wait, kShortestWait, kLongestWait), absl::Milliseconds(1));
  account.contends_until = now + kContends +
                           std::chrono::duration_cast<Instant::duration>(
                               absl::ToChronoNanoseconds(told));
  return Overloaded(message, told);
}

int64_t WorkLedger::Contenders(Book& book, const Account& account,
                               Instant now) {
  int64_t contenders = 0;
  book.reserved_since = 0;
  std::erase_if(book.accounts, [&](const auto& entry) {
    const Account& other = entry.second;
    const bool contends = &other == &account || other.row_evaluations > 0 ||
                          other.contends_until > now;
    contenders += contends;
    return !contends;
  });
  return contenders;
}

void WorkLedger::CountAhead(Ticket::Held& held, int64_t row_evaluations) {
  Book& book = books_[held.device][IndexOf(held.work_class)];
  const double seconds =
      static_cast<double>(row_evaluations) * held.seconds_per_evaluation;
  held.ahead += row_evaluations;
  book.seconds = book.row_evaluations == 0
                     ? 0.0  // No rounding outlives the work.
                     : std::max(0.0, book.seconds + seconds);
  if (held.work_class == WorkClass::kSampling &&
      held.turn.first != Instant::max()) {
    book.turns[held.turn] += seconds;
  }
}

void WorkLedger::Use(Ticket::Held& held, int64_t row_evaluations) {
  absl::MutexLock lock(&mu_);
  CountAhead(held, -std::min(row_evaluations, held.ahead));
}

void WorkLedger::GiveBack(Ticket::Held& held) {
  absl::MutexLock lock(&mu_);
  Book& book = books_[held.device][IndexOf(held.work_class)];
  *held.of_caller -= held.row_evaluations;
  book.row_evaluations -= held.row_evaluations;
  book.rows -= held.rows;
  CountAhead(held, -held.ahead);
  book.turns.erase(held.turn);
}

size_t WorkLedger::LeastLoaded(WorkClass work_class, size_t first,
                               size_t count) const {
  absl::MutexLock lock(&mu_);
  size_t best = first;
  std::pair<int64_t, int64_t> least;
  for (size_t device = first; device < first + count; ++device) {
    int64_t all = 0;
    for (const Book& book : books_[device]) all += book.row_evaluations;
    const std::pair load(books_[device][IndexOf(work_class)].row_evaluations,
                         all);
    if (device == first || load < least) {
      best = device;
      least = load;
    }
  }
  return best;
}

int64_t WorkLedger::outstanding(size_t device, WorkClass work_class) const {
  absl::MutexLock lock(&mu_);
  return books_[device][IndexOf(work_class)].row_evaluations;
}

int64_t WorkLedger::outstanding(WorkClass work_class) const {
  absl::MutexLock lock(&mu_);
  int64_t sum = 0;
  for (const Books& books : books_)
    sum += books[IndexOf(work_class)].row_evaluations;
  return sum;
}

int64_t WorkLedger::refused(Refusal refusal) const {
  absl::MutexLock lock(&mu_);
  return refused_[static_cast<size_t>(refusal)];
}

}  // namespace scoreserve
