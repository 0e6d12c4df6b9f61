#include "client/src/sample_session.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/src/tensor_codec.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1000);

v1::SampleRequest Request(int64_t rows, bool resumable = true) {
  v1::SampleRequest request;
  request.mutable_model()->set_name("m");
  request.mutable_model()->set_alias("stable");
  request.set_rows(rows);
  if (resumable) request.mutable_state_interval()->set_seconds(1);
  return request;
}

v1::SampleResponse Started() {
  v1::SampleResponse frame;
  frame.mutable_started()->set_version(3);
  frame.mutable_started()->set_seed(9);
  return frame;
}

v1::SampleResponse State(int64_t first_row, int64_t rows, int64_t step) {
  v1::SampleResponse frame;
  frame.mutable_state()->set_first_row(first_row);
  frame.mutable_state()->set_step(step);
  EncodeRows(std::vector<float>(rows), rows,
             frame.mutable_state()->mutable_x());
  return frame;
}

v1::SampleResponse Stopped(v1::StopReason reason) {
  v1::SampleResponse frame;
  frame.mutable_stopped()->set_reason(reason);
  return frame;
}

v1::SampleResponse Final(const std::vector<float>& x, int64_t first_row,
                         bool last) {
  v1::SampleResponse frame;
  frame.mutable_final()->set_first_row(first_row);
  frame.mutable_final()->set_last(last);
  EncodeRows(x, static_cast<int64_t>(x.size()),
             frame.mutable_final()->mutable_x());
  return frame;
}

// (first row, step) of what the next stream goes on from.
std::vector<std::pair<int64_t, int64_t>> GoesOnFrom(
    const SampleSession& session) {
  std::vector<std::pair<int64_t, int64_t>> from;
  for (const v1::SamplingState& state : session.request().resume_from()) {
    from.emplace_back(state.first_row(), state.step());
  }
  return from;
}

TEST(SampleSessionTest, ABrokenStreamGoesOnFromTheNewestStates) {
  std::vector<int64_t> steps;
  SampleSession session(
      Request(4),
      {.on_resume = [&](const SampleResume& r) { steps.push_back(r.step); }},
      {}, {}, kNow);
  for (const v1::SampleResponse& frame :
       {Started(), State(0, 2, 5), State(2, 2, 6), State(0, 2, 8),
        Final({1, 2}, 0, false)}) {
    ASSERT_TRUE(session.Take(frame).ok());
  }
  const auto wait = session.Next(absl::UnavailableError("cut"), kNow);
  ASSERT_TRUE(wait.has_value());
  EXPECT_GE(*wait, absl::Milliseconds(80));
  EXPECT_LE(*wait, absl::Milliseconds(120));
  EXPECT_THAT(GoesOnFrom(session),
              ElementsAre(std::pair(0, 8), std::pair(2, 6)));
  EXPECT_THAT(steps, ElementsAre(6));
  // The run is the one that began, whatever the names mean by now.
  EXPECT_EQ(session.request().seed(), 9u);
  EXPECT_EQ(session.request().model().version(), 3);
  ASSERT_TRUE(session.Take(Final({5, 6, 7, 8}, 0, true)).ok());
  EXPECT_FALSE(session.Next(absl::OkStatus(), kNow).has_value());
  EXPECT_THAT(session.End()->x, ElementsAre(5, 6, 7, 8));
}

TEST(SampleSessionTest, BlocksThatAreCutOtherwiseReplaceTheOldOnes) {
  SampleSession session(Request(6), {}, {}, {}, kNow);
  for (const v1::SampleResponse& frame :
       {Started(), State(0, 4, 5), State(4, 2, 5), State(2, 2, 7)}) {
    ASSERT_TRUE(session.Take(frame).ok());
  }
  ASSERT_TRUE(session.Next(absl::UnavailableError("cut"), kNow).has_value());
  // Rows 0 and 1 begin again.
  EXPECT_THAT(GoesOnFrom(session),
              ElementsAre(std::pair(2, 7), std::pair(4, 5)));
}

TEST(SampleSessionTest, WithoutAStateItBeginsAgain) {
  SampleSession session(Request(4), {}, {}, {}, kNow);
  ASSERT_TRUE(session.Take(Started()).ok());
  EXPECT_TRUE(session.Next(absl::UnavailableError("cut"), kNow).has_value());
  EXPECT_THAT(GoesOnFrom(session), IsEmpty());
  EXPECT_EQ(session.request().seed(), 9u);
}

TEST(SampleSessionTest, GivesUpAfterAsManyFailuresInARowAsThereMayBe) {
  SampleSession session(Request(4), {}, {.max_attempts = 3}, {}, kNow);
  const absl::Status cut = absl::UnavailableError("cut");
  ASSERT_TRUE(session.Take(Started()).ok());
  EXPECT_TRUE(session.Next(cut, kNow).has_value());
  EXPECT_TRUE(session.Next(cut, kNow).has_value());
  ASSERT_TRUE(session.Take(State(0, 4, 1)).ok());  // It got further.
  EXPECT_TRUE(session.Next(cut, kNow).has_value());
  EXPECT_TRUE(session.Next(cut, kNow).has_value());
  EXPECT_FALSE(session.Next(cut, kNow).has_value());
  EXPECT_EQ(session.End().status(), cut);
}

TEST(SampleSessionTest, AStreamThatOthersCancelGoesOnAndOnesOwnDoesNot) {
  const Cancellation cancellation;
  SampleSession session(Request(4), {}, {}, {.cancellation = cancellation},
                        kNow);
  ASSERT_TRUE(session.Take(Started()).ok());
  ASSERT_TRUE(session.Take(State(0, 4, 5)).ok());
  EXPECT_TRUE(session.Next(absl::CancelledError("reset"), kNow).has_value());
  EXPECT_THAT(GoesOnFrom(session), ElementsAre(std::pair(0, 5)));
  cancellation.Cancel();
  EXPECT_FALSE(session.Next(absl::CancelledError("mine"), kNow).has_value());
  EXPECT_TRUE(absl::IsCancelled(session.End().status()));
}

TEST(SampleSessionTest, OtherErrorsAndOtherRunsAreNotTriedAgain) {
  SampleSession wrong(Request(4), {}, {}, {}, kNow);
  ASSERT_TRUE(wrong.Take(Started()).ok());
  EXPECT_FALSE(wrong.Next(absl::OutOfRangeError("diverged"), kNow).has_value());
  SampleSession unheard(Request(4), {}, {}, {}, kNow);
  EXPECT_FALSE(unheard.Next(absl::UnavailableError("no"), kNow).has_value());
  SampleSession plain(Request(4, /*resumable=*/false), {}, {}, {}, kNow);
  ASSERT_TRUE(plain.Take(Started()).ok());
  EXPECT_FALSE(plain.Next(absl::UnavailableError("cut"), kNow).has_value());
}

TEST(SampleSessionTest, ADrainingServerIsLeftAtOnce) {
  SampleSession session(Request(4), {}, {}, {}, kNow);
  ASSERT_TRUE(session.Take(Started()).ok());
  ASSERT_TRUE(session.Take(State(0, 4, 2)).ok());
  ASSERT_TRUE(session.Take(Stopped(v1::STOP_REASON_DRAINING)).ok());
  EXPECT_EQ(session.Next(absl::OkStatus(), kNow), absl::ZeroDuration());
  EXPECT_THAT(GoesOnFrom(session), ElementsAre(std::pair(0, 2)));
}

TEST(SampleSessionTest, ATimeBudgetEndsItAndIsSpentOverAllStreams) {
  v1::SampleRequest request = Request(4);
  request.mutable_time_budget()->set_seconds(10);
  SampleCheckpoint checkpoint;
  SampleSession session(
      request,
      {.on_stop = [&](const SampleCheckpoint& given) { checkpoint = given; }},
      {}, {}, kNow);
  ASSERT_TRUE(session.Take(Started()).ok());
  ASSERT_TRUE(
      session.Next(absl::UnavailableError("cut"), kNow + absl::Seconds(4))
          .has_value());
  EXPECT_EQ(session.request().time_budget().seconds(), 6);
  ASSERT_TRUE(session.Take(State(0, 4, 2)).ok());
  ASSERT_TRUE(session.Take(Stopped(v1::STOP_REASON_TIME_BUDGET)).ok());
  EXPECT_FALSE(session.Next(absl::OkStatus(), kNow).has_value());
  EXPECT_EQ(session.End().status().code(), absl::StatusCode::kDeadlineExceeded);
  v1::SampleRequest kept;
  ASSERT_TRUE(kept.ParseFromString(checkpoint.bytes));
  ASSERT_EQ(kept.resume_from_size(), 1);
  EXPECT_EQ(kept.resume_from(0).step(), 2);
}

TEST(SampleSessionTest, TheDeadlineIsOfAllStreamsTogether) {
  SampleSession session(Request(4), {}, {}, {.timeout = absl::Seconds(10)},
                        kNow);
  EXPECT_EQ(session.call(kNow + absl::Seconds(4)).timeout, absl::Seconds(6));
  ASSERT_TRUE(session.Take(Started()).ok());
  // No wait goes past it.
  EXPECT_EQ(
      session.Next(absl::UnavailableError("cut"), kNow + absl::Seconds(10)),
      absl::ZeroDuration());
}

}  // namespace
}  // namespace scoreserve
