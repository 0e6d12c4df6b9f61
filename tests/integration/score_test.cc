// Score and ScoreStream against a real server.

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

class ScoreTest : public testing::Test {
 protected:
  ScoreTest()
      : server_({{"gauss", GaussianFiles(2, 0.5f)},
                 {"noisy", GaussianFiles(2, 1.0f, LabelKind::kNoiseLevel)},
                 {"stiff", GaussianFiles(2, 1e-3f)}}),
        scoring_(server_.scoring()) {}

  grpc::Status Score(
      const v1::ScoreRequest& request, v1::ScoreResponse* response,
      std::chrono::milliseconds timeout = std::chrono::seconds(10)) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    return scoring_->Score(&context, request, response);
  }

  // Asserts that `request` is refused as an invalid argument and gives the
  // field.
  std::string RefusedField(const v1::ScoreRequest& request) {
    v1::ScoreResponse response;
    const grpc::Status status = Score(request, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(DetailsOf(status).reason, "INVALID_FIELD");
    return DetailsOf(status).field;
  }

  TestServer server_;
  std::unique_ptr<v1::Scoring::Stub> scoring_;
};

TEST_F(ScoreTest, AnswersWithTheScoreAndTheVersion) {
  v1::ScoreResponse response;
  ASSERT_TRUE(Score(ScoreOf("gauss", {1, 2, 3, 4}, 2), &response).ok());
  EXPECT_EQ(Values(response.score()), (std::vector<float>{-2, -4, -6, -8}));
  EXPECT_EQ(response.version(), 1);
}

TEST_F(ScoreTest, DenormalsAreServed) {
  const float tiny = std::numeric_limits<float>::denorm_min();
  v1::ScoreResponse response;
  ASSERT_TRUE(Score(ScoreOf("gauss", {3 * tiny, -tiny}, 2), &response).ok());
  EXPECT_EQ(Values(response.score()),
            (std::vector<float>{-6 * tiny, 2 * tiny}));
}

TEST_F(ScoreTest, TakesOneLabelForAllRowsOrOneARow) {
  v1::ScoreRequest request = ScoreOf("noisy", {4, 4, 4, 4}, 2);
  v1::ScoreResponse response;
  request.mutable_noise_level()->add_values(1.0);
  ASSERT_TRUE(Score(request, &response).ok());
  EXPECT_EQ(Values(response.score()), (std::vector<float>{-2, -2, -2, -2}));
  request.mutable_noise_level()->add_values(std::sqrt(3.0));
  ASSERT_TRUE(Score(request, &response).ok());
  EXPECT_NEAR(Values(response.score())[2], -1.0f, 1e-6f);
}

TEST_F(ScoreTest, UnknownModelsAndVersionsAreNotFound) {
  v1::ScoreResponse response;
  grpc::Status status = Score(ScoreOf("nobody", {1, 2}, 2), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(DetailsOf(status).reason, "MODEL_NOT_FOUND");
  v1::ScoreRequest request = ScoreOf("gauss", {1, 2}, 2);
  request.mutable_model()->set_version(7);
  status = Score(request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(DetailsOf(status).reason, "VERSION_NOT_FOUND");
  request.mutable_model()->set_alias("canary");
  EXPECT_EQ(DetailsOf(Score(request, &response)).reason, "VERSION_NOT_FOUND");
}

TEST_F(ScoreTest, NamesThatAreNoNamesAreRefusedBeforeTheyMeetAFile) {
  for (const std::string& name :
       {std::string(""), std::string("../gauss"), std::string("%2e%2e"),
        std::string("a/b"), std::string("..\\gauss"), std::string("a\0b", 3),
        std::string(10'000, 'a'), std::string("gаuss")}) {
    EXPECT_EQ(RefusedField(ScoreOf(name, {1, 2}, 2)), "model.name") << name;
  }
}

TEST_F(ScoreTest, RefusalsNameFieldRuleAndValue) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(RefusedField(ScoreOf("gauss", {1, 2, 3}, 3)), "x.shape");
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(RefusedField(ScoreOf("gauss", {1, nan}, 2)), "x.data[1]");
  EXPECT_EQ(RefusedField(ScoreOf("gauss", {1, 2, -infinity, 4}, 2)),
            "x.data[2]");
  v1::ScoreRequest request = ScoreOf("gauss", {1, 2}, 2);
  request.mutable_x()->set_dtype(static_cast<v1::Dtype>(7));
  EXPECT_EQ(RefusedField(request), "x.dtype");
  request.mutable_x()->set_dtype(v1::DTYPE_FLOAT32);
  request.mutable_x()->set_shape(0, -1);
  EXPECT_EQ(RefusedField(request), "x.shape[0]");
  request.mutable_x()->set_shape(0, 0);
  EXPECT_EQ(RefusedField(request), "x.shape[0]");
  request.mutable_x()->set_shape(0, int64_t{1} << 62);
  EXPECT_EQ(RefusedField(request), "x.shape");
  request.mutable_x()->set_shape(0, 3);
  EXPECT_EQ(RefusedField(request), "x.data");

  v1::ScoreResponse response;
  const grpc::Status status = Score(ScoreOf("gauss", {1, 2, 3}, 3), &response);
  EXPECT_EQ(status.error_message(), "x.shape must be [rows, 2]; was [1, 3]");
}

TEST_F(ScoreTest, LabelsFollowTheModelsRule) {
  v1::ScoreRequest request = ScoreOf("gauss", {1, 2}, 2);
  request.mutable_noise_level()->add_values(1.0);
  EXPECT_EQ(RefusedField(request), "noise_level");  // It takes none.
  request = ScoreOf("noisy", {1, 2}, 2);
  EXPECT_EQ(RefusedField(request), "noise_level");  // It needs one.
  request.mutable_time()->add_values(0.5);
  EXPECT_EQ(RefusedField(request), "time");  // Of the other kind.
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double label : {-1.0, 101.0, std::nan(""), infinity, -infinity}) {
    request.mutable_noise_level()->clear_values();
    request.mutable_noise_level()->add_values(label);
    EXPECT_EQ(RefusedField(request), "noise_level.values[0]") << label;
  }
  request.mutable_noise_level()->clear_values();
  for (int i = 0; i < 3; ++i) request.mutable_noise_level()->add_values(1.0);
  EXPECT_EQ(RefusedField(request), "noise_level");  // Three for one row.
}

TEST_F(ScoreTest, AScoreThatIsNotFiniteIsOutOfRangeAtStepZero) {
  v1::ScoreResponse response;
  const grpc::Status status = Score(ScoreOf("stiff", {3e38f, 1}, 2), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(DetailsOf(status).reason, "NUMERIC_DIVERGENCE");
  EXPECT_EQ(DetailsOf(status).step, "0");
}

TEST_F(ScoreTest, ADeadlineThatHasPassedCostsNoPass) {
  const int64_t before = server_.server().engine().metrics().passes;
  v1::ScoreResponse response;
  const grpc::Status status = Score(ScoreOf("gauss", {1, 2}, 2), &response,
                                    std::chrono::milliseconds(-1));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(server_.server().engine().metrics().passes, before);
}

TEST_F(ScoreTest, EveryMessageOfAStreamGetsItsReplyAlsoABadOne) {
  constexpr uint64_t kMessages = 1000;
  grpc::ClientContext context;
  const auto stream = scoring_->ScoreStream(&context);
  std::map<uint64_t, v1::ScoreStreamResponse> replies;
  std::thread reader([&] {
    v1::ScoreStreamResponse reply;
    while (stream->Read(&reply)) {
      EXPECT_TRUE(replies.emplace(reply.id(), reply).second) << reply.id();
    }
  });
  for (uint64_t id = 0; id < kMessages; ++id) {
    v1::ScoreStreamRequest message;
    message.set_id(id);
    const float value = static_cast<float>(id);
    *message.mutable_request() =
        ScoreOf(id % 10 == 3 ? "nobody" : "gauss", {value, value}, 2);
    ASSERT_TRUE(stream->Write(message));
  }
  stream->WritesDone();
  reader.join();
  EXPECT_TRUE(stream->Finish().ok());
  ASSERT_EQ(replies.size(), kMessages);
  for (const auto& [id, reply] : replies) {
    if (id % 10 == 3) {
      EXPECT_EQ(reply.status().code(),
                static_cast<int>(grpc::StatusCode::NOT_FOUND));
      EXPECT_EQ(DetailsOf(reply.status()).reason, "MODEL_NOT_FOUND");
      EXPECT_FALSE(reply.has_response());
    } else {
      EXPECT_EQ(reply.status().code(), 0);
      EXPECT_EQ(Values(reply.response().score())[0],
                -2.0f * static_cast<float>(id));
    }
  }
}

TEST_F(ScoreTest, ACancelledStreamLeavesNothingBehind) {
  {
    grpc::ClientContext context;
    const auto stream = scoring_->ScoreStream(&context);
    v1::ScoreStreamRequest message;
    *message.mutable_request() = ScoreOf("gauss", {1, 2}, 2);
    for (int i = 0; i < 100; ++i) stream->Write(message);
    context.TryCancel();
    EXPECT_FALSE(stream->Finish().ok());
  }
  v1::ScoreResponse response;
  EXPECT_TRUE(Score(ScoreOf("gauss", {1, 2}, 2), &response).ok());
  server_.server().Drain(absl::InfiniteDuration());
  EXPECT_EQ(server_.server().engine().ledger().outstanding(WorkClass::kQuery),
            0);
}

// A sampler that never ends by itself holds the whole cap while others ask.
TEST(OverloadTest, WorkOverTheCapIsRefusedAtOnceWithTheTimeToWait) {
  constexpr int64_t kCap = 1'000'000'000;
  ServerOptions options;
  options.ledger.cap = {1 << 20, kCap};
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}}, options);
  const auto sampling = server.sampling();
  grpc::ClientContext holding;
  const auto holder = sampling->Sample(&holding, LangevinOf("gauss", 1, kCap));
  v1::SampleResponse frame;
  ASSERT_TRUE(holder->Read(&frame));  // Started: its ticket is taken.

  grpc::ClientContext context;
  const auto sent = std::chrono::steady_clock::now();
  const auto other = sampling->Sample(&context, LangevinOf("gauss", 1, 1000));
  EXPECT_FALSE(other->Read(&frame));
  const grpc::Status refused = other->Finish();
  EXPECT_LT(std::chrono::steady_clock::now() - sent, std::chrono::seconds(1));
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(DetailsOf(refused).reason, "OVERLOADED");
  EXPECT_TRUE(DetailsOf(refused).retry);
  EXPECT_EQ(context.GetServerTrailingMetadata().count("grpc-retry-pushback-ms"),
            1u);

  // What is over the cap by itself is the caller's mistake: no waiting helps.
  grpc::ClientContext huge;
  const auto never = sampling->Sample(&huge, LangevinOf("gauss", 2, kCap));
  EXPECT_FALSE(never->Read(&frame));
  EXPECT_EQ(never->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  holding.TryCancel();
  holder->Finish();
}

}  // namespace
}  // namespace scoreserve
