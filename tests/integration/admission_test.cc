// Who is let in, over the wire: overflow, deadlines, shares by caller.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/memory_use.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

using Clock = std::chrono::steady_clock;

// One Sample stream.
class OneRun {
 public:
  OneRun(v1::Sampling::Stub& sampling, int64_t rows, int64_t steps,
         const std::string& caller = "",
         std::chrono::milliseconds timeout = std::chrono::hours(24 * 365)) {
    if (!caller.empty()) context_.AddMetadata("x-scoreserve-client", caller);
    context_.set_deadline(std::chrono::system_clock::now() + timeout);
    const Clock::time_point sent = Clock::now();
    stream_ = sampling.Sample(&context_, LangevinOf("gauss", rows, steps));
    v1::SampleResponse frame;
    started_ = stream_->Read(&frame);  // Its ticket is taken.
    if (!started_) status_ = stream_->Finish();
    took_ = Clock::now() - sent;
  }
  ~OneRun() {
    if (started_) End();
  }

  bool started() const { return started_; }
  const grpc::Status& refusal() const { return status_; }
  Clock::duration took() const { return took_; }
  std::string pushback() const {
    const auto& trailers = context_.GetServerTrailingMetadata();
    const auto found = trailers.find("grpc-retry-pushback-ms");
    if (found == trailers.end()) return "";
    return std::string(found->second.data(), found->second.size());
  }
  void End() {
    started_ = false;
    context_.TryCancel();
    stream_->Finish();
  }
  grpc::Status Wait() {
    started_ = false;
    v1::SampleResponse frame;
    while (stream_->Read(&frame)) {
    }
    return stream_->Finish();
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::SampleResponse>> stream_;
  bool started_ = false;
  grpc::Status status_;
  Clock::duration took_{};
};

constexpr int64_t kCap = 1'000'000'000;

class AdmissionTest : public testing::Test {
 protected:
  // A server whose whole cap of samplers is ten runs that do not end.
  void Serve(const std::string& trusted = "127.0.0.0/8,::1") {
    ServerOptions options;
    options.ledger.cap = {1 << 20, kCap, 0};
    options.trusted_proxies = trusted;
    server_ = std::make_unique<TestServer>(
        std::map<std::string, ModelFiles>{{"gauss", GaussianFiles(2, 1.0f)}},
        options);
    sampling_ = server_->sampling();
  }
  void Fill(const std::string& caller = "") {
    for (int i = 0; i < 10; ++i) {
      runs_.push_back(
          std::make_unique<OneRun>(*sampling_, 1, kCap / 10, caller));
      ASSERT_TRUE(runs_.back()->started());
    }
  }
  const WorkLedger& ledger() { return server_->server().engine().ledger(); }
  int64_t outstanding() { return ledger().outstanding(WorkClass::kSampling); }
  void EndOne() {
    const int64_t before = outstanding();
    runs_.pop_back();
    while (outstanding() == before) std::this_thread::yield();
  }

  std::unique_ptr<TestServer> server_;
  std::unique_ptr<v1::Sampling::Stub> sampling_;
  std::vector<std::unique_ptr<OneRun>> runs_;
};

TEST_F(AdmissionTest, AnOverflowIsRefusedAtOnceAndCostsNothing) {
  Serve();
  ASSERT_NO_FATAL_FAILURE(Fill());
  std::vector<Clock::duration> took;
  int64_t before = 0;
  for (int i = 0; i < 1000; ++i) {
    const OneRun refused(*sampling_, 1, 1000);
    ASSERT_FALSE(refused.started());
    ASSERT_EQ(refused.refusal().error_code(),
              grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_TRUE(DetailsOf(refused.refusal()).retry);
    EXPECT_GE(std::stoi(refused.pushback()), 10);
    took.push_back(refused.took());
    if (i == 200) before = MemoryUseNow().resident;
  }
  EXPECT_LT(MemoryUseNow().resident - before, 16 * kMiB);
  std::nth_element(took.begin(), took.begin() + 500, took.end());
  EXPECT_LT(took[500], std::chrono::milliseconds(10));
  EXPECT_EQ(ledger().refused(Refusal::kFull), 1000);
  EXPECT_EQ(outstanding(), kCap);
  // What was accepted was not lost for it, and room that is free is given.
  EndOne();
  OneRun accepted(*sampling_, 1, 1000);
  ASSERT_TRUE(accepted.started());
  EXPECT_TRUE(accepted.Wait().ok());
}

TEST_F(AdmissionTest, ADeadlineThatCannotBeKeptIsRefusedAtOnce) {
  Serve();
  const OneRun hopeless(*sampling_, 1, kCap, "", std::chrono::seconds(5));
  ASSERT_FALSE(hopeless.started());
  EXPECT_EQ(hopeless.refusal().error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(DetailsOf(hopeless.refusal()).reason, "OVERLOADED");
  // No waiting helps.
  EXPECT_EQ(hopeless.pushback(), "-1");
  EXPECT_FALSE(DetailsOf(hopeless.refusal()).retry);
  EXPECT_EQ(ledger().refused(Refusal::kDeadline), 1);
  EXPECT_EQ(outstanding(), 0);
  OneRun brief(*sampling_, 1, 100, "", std::chrono::seconds(5));
  EXPECT_TRUE(brief.Wait().ok());
}

TEST_F(AdmissionTest, ACallerThatTookAllGivesWayToTheNext) {
  Serve();
  ASSERT_NO_FATAL_FAILURE(Fill("greedy"));
  EXPECT_FALSE(OneRun(*sampling_, 1, kCap / 10, "modest").started());
  EndOne();
  const OneRun again(*sampling_, 1, kCap / 10, "greedy");
  ASSERT_FALSE(again.started());
  EXPECT_NE(again.refusal().error_message().find("caller 'greedy'"),
            std::string::npos);
  EXPECT_EQ(ledger().refused(Refusal::kShare), 1);
  EXPECT_TRUE(OneRun(*sampling_, 1, kCap / 10, "modest").started());
}

TEST_F(AdmissionTest, ANameIsNotBelievedFromStrangers) {
  Serve(/*trusted=*/"10.0.0.0/8");
  ASSERT_NO_FATAL_FAILURE(Fill("greedy"));
  EXPECT_FALSE(OneRun(*sampling_, 1, kCap / 10, "modest").started());
  EndOne();
  EXPECT_TRUE(OneRun(*sampling_, 1, kCap / 10, "greedy").started());
  EXPECT_EQ(ledger().refused(Refusal::kShare), 0);
}

TEST_F(AdmissionTest, ANameThatIsNoneIsAnInvalidArgument) {
  Serve();
  const std::string longest(64, 'a');
  EXPECT_TRUE(OneRun(*sampling_, 1, 1, longest).started());
  const OneRun refused(*sampling_, 1, 1, longest + "a");
  EXPECT_EQ(refused.refusal().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailsOf(refused.refusal()).field, "x-scoreserve-client");

  // A query has the same door.
  grpc::ClientContext context;
  context.AddMetadata("x-scoreserve-client", longest + "a");
  v1::ScoreResponse response;
  const grpc::Status query = server_->scoring()->Score(
      &context, ScoreOf("gauss", {1, 2}, 2), &response);
  EXPECT_EQ(DetailsOf(query).field, "x-scoreserve-client");
}

}  // namespace
}  // namespace scoreserve
