#include "server/engine/work_ledger.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "models/status.h"

namespace scoreserve {
namespace {

TEST(WorkLedgerTest, ATicketGivesItsWorkBackWhenItGoes) {
  WorkLedger ledger({.cap = {10, 10}});
  {
    const auto ticket = ledger.Reserve(WorkClass::kQuery, "x", 7);
    ASSERT_TRUE(ticket.ok());
    EXPECT_EQ(ledger.outstanding(WorkClass::kQuery), 7);
  }
  EXPECT_EQ(ledger.outstanding(WorkClass::kQuery), 0);
}

TEST(WorkLedgerTest, AMovedTicketIsGivenBackOnce) {
  WorkLedger ledger({.cap = {10, 10}});
  {
    auto first = ledger.Reserve(WorkClass::kQuery, "x", 3);
    Ticket second = *std::move(first);
    Ticket third;
    third = std::move(second);
    EXPECT_EQ(ledger.outstanding(WorkClass::kQuery), 3);
  }
  EXPECT_EQ(ledger.outstanding(WorkClass::kQuery), 0);
}

TEST(WorkLedgerTest, WhatDoesNotFitNowIsToldHowLongToWait) {
  WorkLedger ledger({.cap = {10, 10}});
  ledger.Observe(/*row_evaluations=*/10, /*seconds=*/1.0);
  const auto held = ledger.Reserve(WorkClass::kQuery, "x", 8);
  const auto refused = ledger.Reserve(WorkClass::kQuery, "x", 5);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused.status()), Reason::kOverloaded);
  // 3 rows over the cap, at 0.1 s a row.
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Milliseconds(300));
  EXPECT_EQ(ledger.outstanding(WorkClass::kQuery), 8);
}

TEST(WorkLedgerTest, WhatNeverFitsIsAnInvalidArgument) {
  WorkLedger ledger({.cap = {10, 10}});
  const auto refused = ledger.Reserve(WorkClass::kSampling, "rows", 11);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FieldOf(refused.status()), "rows");
}

TEST(WorkLedgerTest, SamplersDoNotTakeTheQueriesRoom) {
  WorkLedger ledger({.cap = {10, 10}});
  const auto sampling = ledger.Reserve(WorkClass::kSampling, "rows", 10);
  EXPECT_TRUE(ledger.Reserve(WorkClass::kQuery, "x", 10).ok());
}

}  // namespace
}  // namespace scoreserve
