#include "server/engine/work_ledger.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/status.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

Instant At(double seconds) {
  return Instant() + std::chrono::duration_cast<Instant::duration>(
                         std::chrono::duration<double>(seconds));
}

WorkAsked Ask(WorkClass work_class, int64_t rows, absl::string_view caller = "",
              double now = 0.0) {
  return {.work_class = work_class,
          .caller = caller,
          .field = work_class == WorkClass::kQuery ? "x" : "rows",
          .rows = rows,
          .row_evaluations = rows,
          .now = At(now)};
}

TEST(WorkLedgerTest, ATicketGivesItsWorkBackWhenItGoes) {
  WorkLedger ledger({.cap = {10, 10}});
  {
    const auto ticket = ledger.Reserve(Ask(WorkClass::kQuery, 7));
    ASSERT_TRUE(ticket.ok());
    EXPECT_EQ(ledger.outstanding(WorkClass::kQuery), 7);
  }
  EXPECT_EQ(ledger.outstanding(WorkClass::kQuery), 0);
}

TEST(WorkLedgerTest, AMovedTicketIsGivenBackOnce) {
  WorkLedger ledger({.cap = {10, 10}});
  {
    auto first = ledger.Reserve(Ask(WorkClass::kQuery, 3));
    Ticket second = *std::move(first);
    Ticket third;
    third = std::move(second);
    EXPECT_EQ(ledger.outstanding(WorkClass::kQuery), 3);
  }
  EXPECT_EQ(ledger.outstanding(WorkClass::kQuery), 0);
}

TEST(WorkLedgerTest, WhatDoesNotFitNowIsToldHowLongToWait) {
  WorkLedger ledger({.cap = {10, 10}});
  ServiceRate rate;
  rate.Observe(/*row_evaluations=*/1, /*seconds=*/0.1);
  WorkAsked asked = Ask(WorkClass::kQuery, 8);
  asked.rate = &rate;
  const auto held = ledger.Reserve(asked);
  asked.rows = asked.row_evaluations = 5;
  const auto refused = ledger.Reserve(asked);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused.status()), Reason::kOverloaded);
  // 3 rows over the cap, at 0.1 s a row.
  const absl::Duration wait = *RetryAfterOf(refused.status());
  EXPECT_NEAR(absl::ToDoubleSeconds(wait), 0.3, 0.002);
  EXPECT_EQ(ledger.outstanding(WorkClass::kQuery), 8);
  EXPECT_EQ(ledger.refused(Refusal::kFull), 1);
}

// One row that goes a long way is waited for at the speed of small passes.
TEST(WorkLedgerTest, TheWaitIsAtTheSpeedOfThePassesThatThereAre) {
  WorkLedger ledger({.cap = {10, 100}});
  ServiceRate rate;
  rate.Observe(/*row_evaluations=*/1, /*seconds=*/0.1);
  rate.Observe(/*row_evaluations=*/64, /*seconds=*/0.64);
  WorkAsked asked = Ask(WorkClass::kSampling, 1);
  asked.row_evaluations = 100;
  asked.pass_rows = 64;
  asked.rate = &rate;
  const auto held = ledger.Reserve(asked);
  ASSERT_TRUE(held.ok());
  asked.row_evaluations = 20;
  const absl::Duration wait = *RetryAfterOf(ledger.Reserve(asked).status());
  EXPECT_NEAR(absl::ToDoubleSeconds(wait), 2.0, 0.002);
}

TEST(WorkLedgerTest, WhatNeverFitsIsAnInvalidArgument) {
  WorkLedger ledger({.cap = {10, 10}});
  const auto refused = ledger.Reserve(Ask(WorkClass::kSampling, 11));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FieldOf(refused.status()), "rows");
}

TEST(WorkLedgerTest, SamplersDoNotTakeTheQueriesRoom) {
  WorkLedger ledger({.cap = {10, 10}});
  const auto sampling = ledger.Reserve(Ask(WorkClass::kSampling, 10));
  EXPECT_TRUE(ledger.Reserve(Ask(WorkClass::kQuery, 10)).ok());
}

TEST(WorkLedgerTest, WorkGoesToTheDeviceWithTheLeast) {
  WorkLedger ledger({.cap = {10, 10}}, /*devices=*/3);
  std::vector<absl::StatusOr<Ticket>> tickets;
  const auto give = [&](WorkClass work_class, int64_t rows) {
    WorkAsked asked = Ask(work_class, rows);
    asked.device = ledger.LeastLoaded(work_class, 0, 3);
    tickets.push_back(ledger.Reserve(asked));
    return asked.device;
  };
  EXPECT_EQ(give(WorkClass::kSampling, 5), 0u);
  EXPECT_EQ(give(WorkClass::kSampling, 3), 1u);
  EXPECT_EQ(give(WorkClass::kQuery, 1), 2u);
  EXPECT_EQ(give(WorkClass::kQuery, 1), 1u);  // 3 in all, against 5.
  EXPECT_EQ(give(WorkClass::kSampling, 2), 2u);
  // Of some of them.
  EXPECT_EQ(ledger.LeastLoaded(WorkClass::kSampling, 0, 2), 1u);
  EXPECT_EQ(ledger.LeastLoaded(WorkClass::kSampling, 0, 1), 0u);
  EXPECT_EQ(ledger.LeastLoaded(WorkClass::kQuery, 1, 2), 2u);
}

// Shares.

TEST(WorkLedgerTest, ACallerAloneMayHaveAll) {
  WorkLedger ledger({.cap = {10, 10}});
  std::vector<absl::StatusOr<Ticket>> tickets;
  for (int i = 0; i < 10; ++i) {
    tickets.push_back(ledger.Reserve(Ask(WorkClass::kQuery, 1, "a")));
    EXPECT_TRUE(tickets.back().ok());
  }
}

TEST(WorkLedgerTest, WhoWasRefusedFindsItsShareAsTheOthersWorkEnds) {
  WorkLedger ledger({.cap = {10, 10}});
  std::deque<Ticket> greedy;
  for (int i = 0; i < 10; ++i) {
    greedy.push_back(*ledger.Reserve(Ask(WorkClass::kQuery, 1, "greedy")));
  }
  EXPECT_FALSE(ledger.Reserve(Ask(WorkClass::kQuery, 1, "modest")).ok());
  // One of the greedy one's ends: it may not have it back, being over half.
  greedy.pop_front();
  const auto again = ledger.Reserve(Ask(WorkClass::kQuery, 1, "greedy"));
  EXPECT_THAT(std::string(again.status().message()),
              HasSubstr("caller 'greedy' must be at most 5, the share of one "
                        "of 2; would be 10"));
  EXPECT_EQ(ledger.refused(Refusal::kShare), 1);
  EXPECT_TRUE(ledger.Reserve(Ask(WorkClass::kQuery, 1, "modest")).ok());
}

TEST(WorkLedgerTest, WhoDoesNotAskAgainIsForgotten) {
  WorkLedger ledger({.cap = {10, 10}});
  std::deque<Ticket> all;
  for (int i = 0; i < 10; ++i) {
    all.push_back(*ledger.Reserve(Ask(WorkClass::kQuery, 1, "a")));
  }
  EXPECT_FALSE(ledger.Reserve(Ask(WorkClass::kQuery, 1, "b", 0.0)).ok());
  all.pop_front();
  EXPECT_FALSE(ledger.Reserve(Ask(WorkClass::kQuery, 1, "a", 1.0)).ok());
  EXPECT_TRUE(ledger.Reserve(Ask(WorkClass::kQuery, 1, "a", 60.0)).ok());
}

// Everybody always asks for more; the oldest work ends first. After one turn
// over of the cap each of k callers has its k-th, whoever came first.
TEST(WorkLedgerTest, CallersThatAlwaysAskShareEvenly) {
  constexpr int64_t kCap = 120;
  const std::vector<std::string> callers = {"a", "b", "c", "d"};
  WorkLedger ledger({.cap = {kCap, 0}});
  std::deque<std::pair<std::string, Ticket>> held;
  const auto fill = [&](const std::string& caller) {
    while (true) {
      auto ticket = ledger.Reserve(Ask(WorkClass::kQuery, 1, caller));
      if (!ticket.ok()) return;
      held.emplace_back(caller, *std::move(ticket));
    }
  };
  fill("a");
  ASSERT_EQ(held.size(), static_cast<size_t>(kCap));
  for (int turn = 0; turn < 3 * kCap; ++turn) {
    for (const std::string& caller : callers) fill(caller);
    held.pop_front();
  }
  for (const std::string& caller : callers) {
    int64_t count = 0;
    for (const auto& [of, ticket] : held) count += of == caller;
    EXPECT_NEAR(count, kCap / 4, 1) << caller;
  }
}

// Deadlines, at 1 ms a row and full passes of 100 rows, 75 of them samplers'.

class DeadlineTest : public testing::Test {
 protected:
  DeadlineTest() { rate_.Observe(100, 0.1); }

  absl::StatusOr<Ticket> Ask(WorkClass work_class, int64_t rows, int64_t steps,
                             double deadline) {
    return ledger_.Reserve(
        {.work_class = work_class,
         .field = "rows",
         .rows = rows,
         .row_evaluations = rows * steps,
         .pass_rows = 100,
         .sampler_rows = 75,
         .rate = &rate_,
         .now = At(0.0),
         .deadline = deadline == 0.0 ? Instant::max() : At(deadline)});
  }
  absl::StatusOr<Ticket> AskSampler(int64_t rows, int64_t steps,
                                    double deadline) {
    return Ask(WorkClass::kSampling, rows, steps, deadline);
  }

  ServiceRate rate_;
  WorkLedger ledger_{WorkLedger::Options()};
};

TEST_F(DeadlineTest, WhatIsAheadOfAQueryCounts) {
  const auto ahead = Ask(WorkClass::kQuery, 1000, 1, 0.0);  // 1 s.
  ASSERT_TRUE(ahead.ok());
  EXPECT_TRUE(Ask(WorkClass::kQuery, 499, 1, 1.5).ok());
  const auto refused = Ask(WorkClass::kQuery, 502, 1, 1.5);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  // Until what is ahead is done.
  const absl::Duration wait = *RetryAfterOf(refused.status());
  EXPECT_NEAR(absl::ToDoubleSeconds(wait), 1.0, 0.002);
  EXPECT_EQ(ledger_.refused(Refusal::kDeadline), 1);
  EXPECT_EQ(ledger_.outstanding(WorkClass::kQuery), 1000);
}

TEST_F(DeadlineTest, WaitingDoesNotHelpWhoCouldNotBeInTimeAlone) {
  const auto refused = Ask(WorkClass::kQuery, 2000, 1, 1.5);
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::InfiniteDuration());
}

TEST_F(DeadlineTest, StepsFollowOneAnother) {
  // A pass of one row takes 1 ms by these numbers: 1000 of them 1 s.
  EXPECT_TRUE(AskSampler(1, 1000, 1.01).ok());
  EXPECT_FALSE(AskSampler(1, 1000, 0.99).ok());
  // Beside 49 others each takes 50 ms.
  const auto others = AskSampler(49, 10'000, 0.0);
  EXPECT_FALSE(AskSampler(1, 1000, 49.9).ok());
  EXPECT_TRUE(AskSampler(1, 1000, 50.1).ok());
}

TEST_F(DeadlineTest, WhoFindsNoRoomWaitsForTheEarlierAndThenMovesInFullPasses) {
  const auto earlier = AskSampler(50, 40, 4.0);       // 2 s.
  const auto later = AskSampler(50, 1000, 100.0);     // 50 s.
  const auto endless = AskSampler(50, 100'000, 0.0);  // 5000 s.
  ASSERT_TRUE(earlier.ok() && later.ok() && endless.ok());
  // 40 passes of 75 rows take 3 s.
  EXPECT_TRUE(AskSampler(10, 40, 3.1).ok());   // Before the earlier.
  EXPECT_FALSE(AskSampler(10, 40, 4.9).ok());  // After it.
  EXPECT_TRUE(AskSampler(10, 40, 5.1).ok());
}

TEST_F(DeadlineTest, WhatIsDoneIsNotAhead) {
  auto earlier = AskSampler(75, 40, 4.0);  // 3 s.
  ASSERT_TRUE(earlier.ok());
  EXPECT_FALSE(AskSampler(75, 40, 5.9).ok());
  earlier->Use(1500);
  EXPECT_TRUE(AskSampler(75, 40, 4.6).ok());  // 1.5 s and 3.
  EXPECT_EQ(ledger_.outstanding(WorkClass::kSampling), 3000);
}

TEST_F(DeadlineTest, SamplersSlowQueriesByTheRowsOfTheirPasses) {
  const auto samplers = AskSampler(75, 100'000, 0.0);
  // A query has a quarter of each pass: 100 rows take 0.4 s.
  EXPECT_TRUE(Ask(WorkClass::kQuery, 100, 1, 0.41).ok());
  EXPECT_FALSE(Ask(WorkClass::kQuery, 100, 1, 0.39).ok());
}

TEST_F(DeadlineTest, NothingIsJudgedWithoutADeadlineOrARateOrAfterIt) {
  EXPECT_TRUE(Ask(WorkClass::kQuery, 100'000, 1, 0.0).ok());
  EXPECT_TRUE(Ask(WorkClass::kQuery, 100, 1, -1.0).ok());
  const ServiceRate unknown;
  EXPECT_TRUE(ledger_
                  .Reserve({.rows = 100,
                            .row_evaluations = 100,
                            .rate = &unknown,
                            .deadline = At(1e-9)})
                  .ok());
}

}  // namespace
}  // namespace scoreserve
