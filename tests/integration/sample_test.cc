// Sample and ListSamplers against a real server.

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

// All frames of one stream, and how it ended.
struct Outcome {
  std::vector<v1::SampleResponse> frames;
  std::vector<float> samples;
  grpc::Status status;
};

class SampleTest : public testing::Test {
 protected:
  SampleTest()
      : server_({{"gauss", GaussianFiles(2, 1.0f)},
                 {"noisy", GaussianFiles(2, 1.0f, LabelKind::kNoiseLevel)},
                 {"stiff", GaussianFiles(2, 1e-3f)},
                 {"wide", GaussianFiles(1024, 1.0f)}}),
        sampling_(server_.sampling()) {}

  Outcome Run(const v1::SampleRequest& request) {
    Outcome outcome;
    grpc::ClientContext context;
    const auto reader = sampling_->Sample(&context, request);
    v1::SampleResponse frame;
    while (reader->Read(&frame)) {
      outcome.frames.push_back(frame);
      if (!frame.has_final()) continue;
      const std::vector<float> rows = Values(frame.final().x());
      outcome.samples.insert(outcome.samples.end(), rows.begin(), rows.end());
    }
    outcome.status = reader->Finish();
    return outcome;
  }

  std::string RefusedField(const v1::SampleRequest& request) {
    const Outcome outcome = Run(request);
    EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_TRUE(outcome.frames.empty());
    return DetailsOf(outcome.status).field;
  }

  TestServer server_;
  std::unique_ptr<v1::Sampling::Stub> sampling_;
};

TEST_F(SampleTest, FirstWhatIsRunThenTheSamples) {
  const Outcome outcome = Run(LangevinOf("gauss", 8, 50));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  ASSERT_GE(outcome.frames.size(), 2u);
  ASSERT_TRUE(outcome.frames.front().has_started());
  EXPECT_EQ(outcome.frames.front().started().seed(), 1u);
  EXPECT_EQ(outcome.frames.front().started().num_steps(), 50);
  EXPECT_TRUE(outcome.frames.back().final().last());
  EXPECT_EQ(outcome.samples.size(), 16u);
}

TEST_F(SampleTest, TheSeedThatTheServerDrewGivesTheSameSamplesAgain) {
  v1::SampleRequest request = LangevinOf("gauss", 8, 50);
  request.clear_seed();
  const Outcome first = Run(request);
  request.set_seed(first.frames.front().started().seed());
  EXPECT_EQ(Run(request).samples, first.samples);
  request.clear_seed();
  EXPECT_NE(Run(request).samples, first.samples);
}

TEST_F(SampleTest, StartsWhereItIsTold) {
  v1::SampleRequest request = LangevinOf("gauss", 2, 1, /*step_size=*/0.5);
  (*request.mutable_options())["temperature"].set_number(0.0);
  *request.mutable_start() = RowsTensor({2, 4, 6, 8}, 2);
  EXPECT_EQ(Run(request).samples, (std::vector<float>{1, 2, 3, 4}));
}

TEST_F(SampleTest, StatesComeOnRequest) {
  v1::SampleRequest request = LangevinOf("gauss", 4, 30);
  request.set_states_every(10);
  const Outcome outcome = Run(request);
  std::vector<int64_t> steps;
  for (const v1::SampleResponse& frame : outcome.frames) {
    if (frame.has_states()) steps.push_back(frame.states().step());
  }
  EXPECT_EQ(steps, (std::vector<int64_t>{10, 20, 30}));
}

TEST_F(SampleTest, LargeResultsComeInChunksByRow) {
  constexpr int64_t kRows = 3000;  // 12 MiB.
  const Outcome outcome = Run(LangevinOf("wide", kRows, 1));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  EXPECT_EQ(outcome.samples.size(), static_cast<size_t>(kRows * 1024));
  int64_t next_row = 0, finals = 0;
  for (const v1::SampleResponse& frame : outcome.frames) {
    if (!frame.has_final()) continue;
    EXPECT_EQ(frame.final().first_row(), next_row);
    next_row += frame.final().x().shape(0);
    ++finals;
  }
  EXPECT_EQ(next_row, kRows);
  EXPECT_GT(finals, 1);
}

TEST_F(SampleTest, RefusalsNameFieldRuleAndValue) {
  EXPECT_EQ(RefusedField(LangevinOf("gauss", 0, 10)), "rows");
  EXPECT_EQ(RefusedField(LangevinOf("gauss", int64_t{1} << 31, 10)), "rows");
  EXPECT_EQ(RefusedField(LangevinOf("gauss", int64_t{1} << 62, 10)), "rows");
  EXPECT_EQ(RefusedField(LangevinOf("gauss", 1, 0)), "options.num_steps");
  for (const int bits : {31, 32, 40, 62}) {
    EXPECT_EQ(RefusedField(LangevinOf("gauss", 1, int64_t{1} << bits)),
              "options.num_steps");
  }
  EXPECT_EQ(RefusedField(LangevinOf("gauss", 1, 10, -1.0)),
            "options.step_size");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(RefusedField(LangevinOf("gauss", 1, 10, nan)), "options.step_size");
  EXPECT_EQ(RefusedField(LangevinOf("gauss", 1, 10, infinity)),
            "options.step_size");

  v1::SampleRequest request = LangevinOf("gauss", 1, 10);
  (*request.mutable_options())["stepsize"].set_number(1.0);
  EXPECT_EQ(RefusedField(request), "options.stepsize");
  request = LangevinOf("gauss", 1, 10);
  (*request.mutable_options())["step_size"].clear_kind();
  EXPECT_EQ(RefusedField(request), "options.step_size");
  request.mutable_options()->erase("step_size");
  EXPECT_EQ(RefusedField(request), "options.step_size");
  request = LangevinOf("gauss", 1, 10);
  request.set_states_every(-1);
  EXPECT_EQ(RefusedField(request), "states_every");
  request = LangevinOf("gauss", 1, 10);
  *request.mutable_start() = RowsTensor({1, 2, 3, 4}, 2);
  EXPECT_EQ(RefusedField(request), "start.shape[0]");
}

TEST_F(SampleTest, UnknownAndUnsuitableSamplersSayWhy) {
  v1::SampleRequest request = LangevinOf("gauss", 1, 10);
  request.set_sampler("langevim");
  Outcome outcome = Run(request);
  EXPECT_EQ(DetailsOf(outcome.status).reason, "UNKNOWN_SAMPLER");
  EXPECT_NE(outcome.status.error_message().find("langevin"), std::string::npos);
  request.set_sampler("annealed_langevin");
  request.clear_options();
  outcome = Run(request);
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailsOf(outcome.status).reason, "UNSUITABLE_MODEL");
}

TEST_F(SampleTest, DivergenceIsOutOfRangeWithItsStep) {
  const Outcome outcome = Run(LangevinOf("stiff", 4, 1000, /*step_size=*/1e6));
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(DetailsOf(outcome.status).reason, "NUMERIC_DIVERGENCE");
  EXPECT_FALSE(DetailsOf(outcome.status).step.empty());
  EXPECT_TRUE(Run(LangevinOf("stiff", 4, 10, 1e-4)).status.ok());
}

TEST_F(SampleTest, ACancelledRunGivesItsWorkBack) {
  {
    grpc::ClientContext context;
    const auto reader =
        sampling_->Sample(&context, LangevinOf("gauss", 4, 20'000'000));
    v1::SampleResponse frame;
    ASSERT_TRUE(reader->Read(&frame));
    context.TryCancel();
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  server_.server().Drain(
      absl::InfiniteDuration());  // Returns: nothing runs on.
  EXPECT_EQ(
      server_.server().engine().ledger().outstanding(WorkClass::kSampling), 0);
  EXPECT_EQ(server_.server().engine().metrics().live_trajectories, 0);
}

TEST_F(SampleTest, DrainLetsASamplerEnd) {
  grpc::ClientContext context;
  const auto reader =
      sampling_->Sample(&context, LangevinOf("gauss", 4, 20'000));
  v1::SampleResponse frame;
  ASSERT_TRUE(reader->Read(&frame));
  server_.server().Drain(absl::InfiniteDuration());
  bool last = false;
  while (reader->Read(&frame)) last = frame.has_final() && frame.final().last();
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_TRUE(last);
}

TEST_F(SampleTest, ListsSamplersWithTheirOptionTables) {
  grpc::ClientContext context;
  v1::ListSamplersResponse response;
  ASSERT_TRUE(sampling_->ListSamplers(&context, {}, &response).ok());
  ASSERT_GE(response.samplers_size(), 2);
  for (const v1::Sampler& sampler : response.samplers()) {
    EXPECT_FALSE(sampler.help().empty());
    EXPECT_GT(sampler.options_size(), 0);
  }
}

}  // namespace
}  // namespace scoreserve
