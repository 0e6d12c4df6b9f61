#include <atomic>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <numbers>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/client/clients.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;

// Keeps what a stream answered, by id.
class Replies {
 public:
  ScoreStream::ReplyCallback Callback() {
    return [this](uint64_t id, const absl::StatusOr<ScoreView>& reply) {
      absl::MutexLock lock(&mu_);
      ++counts_[id];
      statuses_[id] = reply.status();
      if (reply.ok()) {
        scores_[id].assign(reply->score.begin(), reply->score.end());
        energies_[id].assign(reply->energy.begin(), reply->energy.end());
      }
    };
  }

  // To be read after the stream's Finish().
  std::map<uint64_t, int> counts_;
  std::map<uint64_t, absl::Status> statuses_;
  std::map<uint64_t, std::vector<float>> scores_;
  std::map<uint64_t, std::vector<double>> energies_;

 private:
  absl::Mutex mu_;
};

class ClientStreamTest : public ::testing::Test {
 protected:
  ModelServer server_;
  std::unique_ptr<Client> client_ = NewClient(server_);
  const std::vector<float> x_ = {2.0f, -2.0f};
  const ScoreQuery query_ = {.model = {"plain"}, .x = x_};
};

TEST_F(ClientStreamTest, EveryQueryGetsOneReplyWithItsId) {
  Replies replies;
  const auto stream = client_->OpenScoreStream(replies.Callback());
  for (uint64_t id = 0; id < 500; ++id) {
    const std::vector<float> x = {static_cast<float>(id), 0.0f};
    ASSERT_TRUE(stream->Send(id, {.model = {"plain"}, .x = x}).ok());
  }
  EXPECT_EQ(stream->Finish(), absl::OkStatus());
  ASSERT_EQ(replies.counts_.size(), 500u);
  for (const auto& [id, count] : replies.counts_) {
    EXPECT_EQ(count, 1);
    EXPECT_THAT(replies.scores_[id],
                ElementsAre(-static_cast<float>(id) / 2, 0.0f));
  }
}

TEST_F(ClientStreamTest, EachQueryAsksForItsEnergiesOrNot) {
  Replies replies;
  const auto stream = client_->OpenScoreStream(replies.Callback());
  for (uint64_t id = 0; id < 100; ++id) {
    ScoreQuery query = query_;
    query.energy = id % 2 == 0;
    ASSERT_TRUE(stream->Send(id, query).ok());
  }
  const std::vector<float> x(8);
  ASSERT_TRUE(
      stream->Send(100, {.model = {"small_mlp"}, .x = x, .energy = true}).ok());
  EXPECT_EQ(stream->Finish(), absl::OkStatus());
  for (uint64_t id = 0; id < 100; ++id) {
    EXPECT_THAT(replies.scores_[id], ElementsAre(-1.0f, 1.0f));
    if (id % 2 == 0) {
      // −log of N(0, 2 I).
      EXPECT_THAT(replies.energies_[id],
                  ElementsAre(::testing::DoubleNear(
                      2.0 + std::log(4.0 * std::numbers::pi), 1e-12)));
    } else {
      EXPECT_THAT(replies.energies_[id], ElementsAre());
    }
  }
  EXPECT_EQ(DetailsOf(replies.statuses_[100]).reason, "UNSUITABLE_MODEL");
}

TEST_F(ClientStreamTest, ABadQueryDoesNotEndTheStream) {
  Replies replies;
  const auto stream = client_->OpenScoreStream(replies.Callback());
  for (uint64_t id = 0; id < 21; ++id) {
    ScoreQuery query = query_;
    if (id == 10) query.model = {"nobody"};
    ASSERT_TRUE(stream->Send(id, query).ok());
  }
  EXPECT_EQ(stream->Finish(), absl::OkStatus());
  for (const auto& [id, status] : replies.statuses_) {
    EXPECT_EQ(status.ok(), id != 10) << id << " " << status;
  }
  EXPECT_EQ(replies.statuses_.size(), 21u);
  EXPECT_EQ(DetailsOf(replies.statuses_[10]).reason, "MODEL_NOT_FOUND");
}

TEST_F(ClientStreamTest, WhatIsRefusedHereIsNotSentAndGetsNoReply) {
  Replies replies;
  const auto stream = client_->OpenScoreStream(replies.Callback());
  EXPECT_EQ(stream->Send(1, {.model = {"plain"}, .x = x_, .rows = 0}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(stream->Finish(), absl::OkStatus());
  EXPECT_TRUE(replies.counts_.empty());
}

TEST_F(ClientStreamTest, SixtyFourMayBeUnansweredAndNotOneMore) {
  absl::Notification first, go_on;
  std::atomic<int> replies = 0;
  const auto stream =
      client_->OpenScoreStream([&](uint64_t, const absl::StatusOr<ScoreView>&) {
        if (replies++ > 0) return;
        first.Notify();
        go_on.WaitForNotification();  // Holds all later replies back.
      });
  ASSERT_TRUE(stream->Send(0, query_).ok());
  first.WaitForNotification();
  for (int i = 0; i < ScoreStream::kMaxOutstanding; ++i) {
    ASSERT_EQ(stream->TrySend(1, query_), absl::OkStatus()) << i;
  }
  EXPECT_EQ(stream->TrySend(1, query_).code(),
            absl::StatusCode::kResourceExhausted);
  go_on.Notify();
  EXPECT_EQ(stream->Send(1, query_), absl::OkStatus());  // Waits for room.
  EXPECT_EQ(stream->Finish(), absl::OkStatus());
  EXPECT_EQ(replies, ScoreStream::kMaxOutstanding + 2);
}

TEST_F(ClientStreamTest, AReplysCallbackMaySendTheNextQuery) {
  constexpr int kChain = 1000;
  std::atomic<int> replies = 0;
  ScoreStream* handle = nullptr;
  absl::Notification opened, answered;
  const auto stream = client_->OpenScoreStream(
      [&](uint64_t id, const absl::StatusOr<ScoreView>&) {
        opened.WaitForNotification();
        if (++replies == kChain) return answered.Notify();
        EXPECT_EQ(handle->TrySend(id + 1, query_), absl::OkStatus());
      });
  handle = stream.get();
  opened.Notify();
  ASSERT_TRUE(stream->Send(0, query_).ok());
  answered.WaitForNotification();
  EXPECT_EQ(stream->Finish(), absl::OkStatus());
  EXPECT_EQ(replies, kChain);
}

TEST_F(ClientStreamTest, NothingGoesAfterClose) {
  Replies replies;
  const auto stream = client_->OpenScoreStream(replies.Callback());
  ASSERT_TRUE(stream->Send(1, query_).ok());
  stream->Close();
  EXPECT_EQ(stream->Send(2, query_).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(stream->Finish(), absl::OkStatus());
  EXPECT_EQ(stream->Finish(), absl::OkStatus());
  EXPECT_EQ(replies.counts_.size(), 1u);
}

TEST_F(ClientStreamTest, CancelAndDeadlineEndIt) {
  Replies replies;
  const auto cancelled = client_->OpenScoreStream(replies.Callback());
  cancelled->Cancel();
  EXPECT_EQ(cancelled->Finish().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(cancelled->Send(1, query_).code(), absl::StatusCode::kUnavailable);

  const auto hasty = client_->OpenScoreStream(
      replies.Callback(), {.timeout = absl::Milliseconds(20)});
  while (hasty->Send(1, query_).ok()) {
  }
  EXPECT_EQ(hasty->Finish().code(), absl::StatusCode::kDeadlineExceeded);

  const Cancellation cancellation;
  const auto switched = client_->OpenScoreStream(
      replies.Callback(), {.cancellation = cancellation});
  cancellation.Cancel();
  EXPECT_EQ(switched->Finish().code(), absl::StatusCode::kCancelled);
}

TEST_F(ClientStreamTest, AStreamThatIsDroppedTellsNothingAfterwards) {
  std::atomic<bool> gone = false;
  auto stream = client_->OpenScoreStream(
      [&](uint64_t, const absl::StatusOr<ScoreView>&) { EXPECT_FALSE(gone); });
  for (uint64_t id = 0; id < 64; ++id) {
    ASSERT_TRUE(stream->Send(id, query_).ok());
  }
  stream.reset();
  gone = true;
}

TEST_F(ClientStreamTest, WithoutAServerFinishSaysSo) {
  server_.Stop();
  Replies replies;
  const auto lonely = NewClient(server_, {.max_attempts = 1});
  const auto stream = lonely->OpenScoreStream(replies.Callback());
  EXPECT_EQ(stream->Finish().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace scoreserve
