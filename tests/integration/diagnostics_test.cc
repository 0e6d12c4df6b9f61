// What a stream says about how its rows mix, over the wire.

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

struct Diagnosed {
  std::vector<v1::SampleProgress> progress;
  v1::SampleFinal last;
  std::vector<float> samples;
  grpc::Status status;
};

class DiagnosticsTest : public testing::Test {
 protected:
  DiagnosticsTest()
      : server_({{"gauss", GaussianFiles(2, 1.0f)}, {"mlp", MlpFiles(8)}}) {}

  Diagnosed Run(const v1::SampleRequest& request) {
    Diagnosed run;
    grpc::ClientContext context;
    const auto reader = server_.sampling()->Sample(&context, request);
    v1::SampleResponse frame;
    while (reader->Read(&frame)) {
      if (frame.has_progress()) run.progress.push_back(frame.progress());
      if (!frame.has_final()) continue;
      const std::vector<float> rows = Values(frame.final().x());
      run.samples.insert(run.samples.end(), rows.begin(), rows.end());
      if (frame.final().last()) run.last = frame.final();
    }
    run.status = reader->Finish();
    return run;
  }

  static v1::SampleRequest With(v1::SampleRequest request, int64_t burn_in) {
    request.mutable_diagnostics()->set_burn_in(burn_in);
    return request;
  }

  std::string RefusedField(const v1::SampleRequest& request,
                           const std::string& message) {
    const Diagnosed run = Run(request);
    EXPECT_EQ(run.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(run.status.error_message(), testing::HasSubstr(message));
    return DetailsOf(run.status).field;
  }

  TestServer server_;
};

TEST_F(DiagnosticsTest, ComeWithProgressAndWithTheLastFrame) {
  v1::SampleRequest request = With(LangevinOf("gauss", 16, 20'000), 1000);
  request.mutable_progress_interval()->set_nanos(1'000'000);
  const Diagnosed run = Run(request);
  ASSERT_TRUE(run.status.ok()) << run.status.error_message();
  ASSERT_FALSE(run.progress.empty());
  int64_t steps = 0;
  for (const v1::SampleProgress& progress : run.progress) {
    ASSERT_TRUE(progress.has_diagnostics());
    EXPECT_GE(progress.diagnostics().steps(), steps);
    steps = progress.diagnostics().steps();
    EXPECT_EQ(steps, std::max<int64_t>(progress.step() - 1000, 0));
  }
  const v1::Diagnostics& diagnostics = run.last.diagnostics();
  EXPECT_EQ(run.last.steps(), 20'000);
  EXPECT_EQ(diagnostics.steps(), 19'000);
  EXPECT_EQ(diagnostics.chains(), 16);
  EXPECT_FALSE(diagnostics.has_acceptance_rate());
  ASSERT_EQ(diagnostics.mixing_size(), 10);
  EXPECT_EQ(diagnostics.mean_score_norm(), diagnostics.mixing(0).mean());
  // |x| of two coordinates of variance v is √v · √(π/2) in the mean; Langevin
  // with step size h has v = 1 / (1 − h/2). The mean of so many draws, of which
  // one in 19 counts, has an error of 1 %.
  EXPECT_NEAR(diagnostics.mean_score_norm(),
              std::sqrt(std::acos(-1.0) / 2.0 / 0.95), 0.04);
  for (const v1::Mixing& mixing : diagnostics.mixing()) {
    EXPECT_LT(mixing.split_r_hat(), 1.02) << mixing.quantity();
    EXPECT_GT(mixing.effective_sample_size(), 5000.0) << mixing.quantity();
  }
}

TEST_F(DiagnosticsTest, WithoutThemNothingIsSaid) {
  v1::SampleRequest request = LangevinOf("gauss", 4, 2000);
  request.mutable_progress_interval()->set_nanos(1'000'000);
  const Diagnosed run = Run(request);
  for (const v1::SampleProgress& progress : run.progress) {
    EXPECT_FALSE(progress.has_diagnostics());
  }
  EXPECT_FALSE(run.last.has_diagnostics());
  EXPECT_EQ(run.last.steps(), 2000);
  EXPECT_EQ(Run(With(request, 0)).samples, run.samples);
}

TEST_F(DiagnosticsTest, ANetworkWithoutAnEnergyShowsNone) {
  const Diagnosed run = Run(With(LangevinOf("mlp", 4, 100, 1e-3), 0));
  ASSERT_TRUE(run.status.ok()) << run.status.error_message();
  ASSERT_EQ(run.last.diagnostics().mixing_size(), 9);
  EXPECT_EQ(run.last.diagnostics().mixing(1).quantity(), "projection_0");
}

TEST_F(DiagnosticsTest, ARunStopsAtItsTargetWithTheRowsOfThatStep) {
  for (const std::string sampler :
       {"langevin", "mala", "underdamped_langevin"}) {
    v1::SampleRequest request = LangevinOf("gauss", 200, 400'000, 0.5);
    request.set_sampler(sampler);
    v1::SampleRequest target = With(request, 50);
    target.mutable_diagnostics()->set_stop_at_r_hat(1.01);
    const Diagnosed stopped = Run(target);
    ASSERT_TRUE(stopped.status.ok()) << stopped.status.error_message();
    const int64_t steps = stopped.last.steps();
    EXPECT_GE(steps, 114);
    ASSERT_LT(steps, 100'000);
    for (const v1::Mixing& mixing : stopped.last.diagnostics().mixing()) {
      EXPECT_LE(mixing.split_r_hat(), 1.01) << mixing.quantity();
    }
    if (sampler == "mala") {
      EXPECT_GT(stopped.last.diagnostics().acceptance_rate(), 0.5);
    }
    // The last of MALA's steps only tests.
    (*request.mutable_options())["num_steps"].set_integer(
        sampler == "mala" ? steps - 1 : steps);
    EXPECT_EQ(Run(request).samples, stopped.samples) << sampler;
  }
}

TEST_F(DiagnosticsTest, RefusesWhatCannotBe) {
  v1::SampleRequest request = LangevinOf("gauss", 4, 100);
  EXPECT_EQ(RefusedField(With(request, -1), "was -1"), "diagnostics.burn_in");
  EXPECT_EQ(RefusedField(With(request, 100), "between 0 and 99"),
            "diagnostics.burn_in");
  for (const double target :
       {1.0, -3.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    v1::SampleRequest bad = With(request, 0);
    bad.mutable_diagnostics()->set_stop_at_r_hat(target);
    EXPECT_EQ(RefusedField(bad, "more than 1 and finite"),
              "diagnostics.stop_at_r_hat");
  }
}

TEST_F(DiagnosticsTest, OfASamplerWhoseRowsAreNoChainsTheyAreRefused) {
  TestServer server(
      {{"labelled", GaussianFiles(2, 1.0f, LabelKind::kNoiseLevel)}});
  v1::SampleRequest request;
  request.mutable_model()->set_name("labelled");
  request.set_rows(2);
  request.mutable_diagnostics();
  for (const std::string sampler : {"annealed_langevin", "ddim", "heun"}) {
    request.set_sampler(sampler);
    request.clear_options();
    if (sampler == "annealed_langevin") {
      (*request.mutable_options())["step_size"].set_number(1e-4);
    }
    grpc::ClientContext context;
    const auto reader = server.sampling()->Sample(&context, request);
    v1::SampleResponse frame;
    EXPECT_FALSE(reader->Read(&frame));
    const grpc::Status status = reader->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(DetailsOf(status).field, "diagnostics");
    EXPECT_THAT(status.error_message(), testing::HasSubstr(sampler));
  }
}

}  // namespace
}  // namespace scoreserve
