// Runs that end early and go on, over the wire.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/samplers/sampler.h"
#include "server/service/request_codec.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

struct Outcome {
  v1::SampleStarted started;
  std::map<int64_t, v1::SamplingState> states;  // The newest of each block.
  v1::StopReason reason = v1::STOP_REASON_UNSPECIFIED;
  std::vector<float> samples;
  grpc::Status status;
};

class SampleResumeTest : public testing::Test {
 protected:
  SampleResumeTest()
      : server_({{"mlp", MlpFiles(8)},
                 {"gauss", GaussianFiles(2, 1.0f)},
                 {"noisy", GaussianFiles(2, 1.0f, LabelKind::kNoiseLevel)}}) {}

  Outcome Run(const v1::SampleRequest& request) {
    return Run(request, [](const v1::SampleResponse&) {});
  }
  // Goes away after so many states.
  Outcome Run(const v1::SampleRequest& request, int64_t states) {
    return Run(
        request, [](const v1::SampleResponse&) {}, states);
  }
  Outcome Run(const v1::SampleRequest& request,
              const std::function<void(const v1::SampleResponse&)>& on_frame,
              int64_t states = -1) {
    Outcome outcome;
    grpc::ClientContext context;
    const auto reader = server_.sampling()->Sample(&context, request);
    v1::SampleResponse frame;
    while (reader->Read(&frame)) {
      on_frame(frame);
      if (frame.has_state() && --states == 0) context.TryCancel();
      if (frame.has_started()) outcome.started = frame.started();
      if (frame.has_state()) {
        outcome.states[frame.state().first_row()] = frame.state();
      }
      if (frame.has_stopped()) outcome.reason = frame.stopped().reason();
      if (!frame.has_final()) continue;
      const std::vector<float> rows = Values(frame.final().x());
      outcome.samples.insert(outcome.samples.end(), rows.begin(), rows.end());
    }
    outcome.status = reader->Finish();
    return outcome;
  }

  // Deterministic, and stopped somewhere on its way.
  Outcome Stopped(v1::SampleRequest request) {
    request.mutable_time_budget()->set_nanos(5'000'000);
    Outcome outcome = Run(request);
    EXPECT_TRUE(outcome.status.ok()) << outcome.status.error_message();
    EXPECT_EQ(outcome.reason, v1::STOP_REASON_TIME_BUDGET);
    EXPECT_TRUE(outcome.samples.empty());
    return outcome;
  }

  static v1::SampleRequest Mlp(int64_t steps = 20'000) {
    v1::SampleRequest request = LangevinOf("mlp", 5, steps, 1e-4);
    request.set_deterministic(true);
    return request;
  }

  static v1::SampleRequest Resumed(v1::SampleRequest request,
                                   const Outcome& outcome) {
    for (const auto& [row, state] : outcome.states) {
      *request.add_resume_from() = state;
    }
    return request;
  }

  TestServer server_;
};

TEST_F(SampleResumeTest, ATimeBudgetEndsWellAndTheRestIsDoneLater) {
  constexpr int64_t kSteps = 2000;
  const Outcome whole = Run(Mlp(kSteps));
  ASSERT_TRUE(whole.status.ok()) << whole.status.error_message();
  EXPECT_FALSE(whole.started.numerics().empty());
  v1::SampleRequest request = Mlp(kSteps);
  int stops = 0;
  Outcome last;
  while (last.samples.empty() && stops < 1000) {
    request.mutable_time_budget()->set_nanos(20'000'000);
    last = Run(request);
    ASSERT_TRUE(last.status.ok()) << last.status.error_message();
    if (last.reason == v1::STOP_REASON_UNSPECIFIED) continue;
    ++stops;
    if (last.states.empty()) continue;  // It had not begun.
    EXPECT_EQ(last.states.begin()->second.numerics(), whole.started.numerics());
    request = Resumed(Mlp(kSteps), last);
    request.set_require_exact(true);
  }
  EXPECT_GE(stops, 1);
  EXPECT_EQ(last.samples, whole.samples);
}

// tests/server/service/sampler_resume_test.cc stops them at every kind of step;
// here time does, and a client that is gone.
TEST_F(SampleResumeTest, EverySamplerGoesOnBitForBitByName) {
  std::mt19937_64 random(1);
  int stops = 0;
  for (const Sampler& sampler : Samplers()) {
    v1::SampleRequest request;
    request.mutable_model()->set_name("noisy");
    request.set_sampler(sampler.name);
    request.set_rows(5);
    request.set_seed(4);
    request.set_deterministic(true);
    OptionValues values = ExampleOptions(
        sampler,
        Snapshot(GaussianFiles(2, 1.0f, LabelKind::kNoiseLevel))->target);
    values["num_steps"] =
        int64_t{sampler.name == "annealed_langevin" ? 20 : 300};
    for (const auto& [name, value] : values) {
      EncodeOptionValue(value, &(*request.mutable_options())[name]);
    }
    const Outcome whole = Run(request);
    ASSERT_TRUE(whole.status.ok())
        << sampler.name << ": " << whole.status.error_message();
    Outcome last;
    v1::SampleRequest next = request;
    for (int i = 0; last.samples.empty() && i < 1000; ++i) {
      next.mutable_state_interval()->set_nanos(1'000'000);
      // Alternately a good end and a bad one.
      if (i % 2 == 0) {
        next.mutable_time_budget()->set_nanos(
            static_cast<int32_t>(1'000'000 + random() % 4'000'000));
      }
      last = Run(next, /*states=*/i % 2 == 0 ? -1 : 1 + random() % 4);
      if (last.states.empty()) continue;
      ++stops;
      next = Resumed(request, last);
    }
    EXPECT_EQ(last.samples, whole.samples) << sampler.name;
  }
  EXPECT_GE(stops, 2);  // As fast as the machine may be.
}

TEST_F(SampleResumeTest, StatesComeAlsoWhileItRuns) {
  v1::SampleRequest request = LangevinOf("gauss", 5, 100'000'00);
  request.mutable_state_interval()->set_nanos(1'000'000);
  grpc::ClientContext context;
  const auto reader = server_.sampling()->Sample(&context, request);
  v1::SampleResponse frame;
  int64_t step = 0;
  for (int states = 0; states < 3 && reader->Read(&frame);) {
    if (!frame.has_state()) continue;
    ++states;
    EXPECT_GT(frame.state().step(), step);
    step = frame.state().step();
    EXPECT_EQ(frame.state().x().shape(0), 5);
    EXPECT_EQ(frame.state().seed(), 1u);
  }
  EXPECT_GT(step, 0);
  context.TryCancel();
  while (reader->Read(&frame)) {
  }
}

TEST_F(SampleResumeTest, ADrainingServerHandsRunsOverAtOnce) {
  v1::SampleRequest request = LangevinOf("gauss", 5, 20'000'000);
  request.mutable_state_interval()->set_seconds(3600);
  std::thread drain;
  const Outcome outcome = Run(request, [&](const v1::SampleResponse& frame) {
    if (!frame.has_progress() || drain.joinable()) return;
    drain =
        std::thread([&] { server_.server().Drain(absl::InfiniteDuration()); });
  });
  drain.join();
  EXPECT_TRUE(outcome.status.ok());
  EXPECT_EQ(outcome.reason, v1::STOP_REASON_DRAINING);
  ASSERT_EQ(outcome.states.size(), 1u);
  EXPECT_GT(outcome.states.begin()->second.step(), 0);
}

TEST_F(SampleResumeTest, RefusesAStateOfAnotherRunNamingWhatDiffers) {
  const v1::SampleRequest request = Mlp();
  const Outcome stopped = Stopped(request);
  ASSERT_EQ(stopped.states.size(), 1u);
  const auto field =
      [&](const std::function<void(v1::SampleRequest&)>& change) {
        v1::SampleRequest resumed = Resumed(request, stopped);
        change(resumed);
        const Outcome outcome = Run(resumed);
        EXPECT_EQ(outcome.status.error_code(),
                  grpc::StatusCode::INVALID_ARGUMENT);
        return DetailsOf(outcome.status).field;
      };
  using R = v1::SampleRequest;
  const std::string at = "resume_from[0].";
  EXPECT_EQ(field([](R& r) { r.mutable_model()->set_name("gauss"); }),
            at + "model");
  EXPECT_EQ(field([](R& r) { r.mutable_model()->set_version(7); }),
            at + "version");
  EXPECT_EQ(field([](R& r) { r.mutable_resume_from(0)->set_sampler("mala"); }),
            at + "sampler");
  EXPECT_EQ(field([](R& r) { r.set_seed(9); }), at + "seed");
  EXPECT_EQ(field([](R& r) { r.set_rows(6); }), at + "rows");
  EXPECT_EQ(
      field([](R& r) { (*r.mutable_options())["step_size"].set_number(2e-4); }),
      at + "options.step_size");
  EXPECT_EQ(field([](R& r) {
              (*r.mutable_options())["start_scale"].set_number(1.0);
            }),
            at + "options.start_scale");
  EXPECT_EQ(field([](R& r) {
              r.mutable_resume_from(0)->mutable_x()->mutable_shape()->Set(1, 9);
            }),
            at + "x.shape");
  EXPECT_EQ(field([](R& r) {
              *r.mutable_resume_from(0)->mutable_companion() =
                  r.resume_from(0).x();
            }),
            at + "companion");
  EXPECT_EQ(field([](R& r) { *r.add_resume_from() = r.resume_from(0); }),
            "resume_from[1].first_row");
  EXPECT_EQ(field([](R& r) { r.mutable_domain()->set_lower(0.0); }),
            "domain.boundary");
  EXPECT_EQ(field([](R& r) {
              *r.mutable_start() = RowsTensor(std::vector<float>(40), 8);
            }),
            "start");
  // What was left out is not different.
  v1::SampleRequest resumed = Resumed(Mlp(), stopped);
  resumed.clear_seed();
  EXPECT_TRUE(Run(resumed).status.ok());
}

TEST_F(SampleResumeTest, RefusesOtherKnownValuesThanItsStatesCameFrom) {
  v1::SampleRequest request = Mlp();
  const auto know = [](float value, v1::SampleRequest& r) {
    std::vector<float> values(8, value);
    *r.mutable_mask()->mutable_value() = RowsTensor(values, 8);
    std::fill(values.begin() + 1, values.end(),
              std::numeric_limits<float>::infinity());
    values[0] = 0.0f;
    *r.mutable_mask()->mutable_deviation() = RowsTensor(values, 8);
  };
  know(1.0f, request);
  v1::SampleRequest resumed = Resumed(request, Stopped(request));
  know(2.0f, resumed);
  const Outcome outcome = Run(resumed);
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailsOf(outcome.status).field, "mask.value");
  know(1.0f, resumed);
  resumed.mutable_time_budget()->set_nanos(5'000'000);
  EXPECT_TRUE(Run(resumed).status.ok());
}

TEST_F(SampleResumeTest, SaysWhatCannotBeGoneOnWithHere) {
  const v1::SampleRequest request = Mlp();
  const Outcome stopped = Stopped(request);
  ASSERT_EQ(stopped.states.size(), 1u);
  v1::SampleRequest gone = Resumed(request, stopped);
  gone.mutable_resume_from(0)->set_version(7);
  Outcome outcome = Run(gone);
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(DetailsOf(outcome.status).reason, "VERSION_GONE");

  v1::SampleRequest elsewhere = Resumed(request, stopped);
  elsewhere.mutable_resume_from(0)->set_numerics("an abacus");
  elsewhere.set_require_exact(true);
  outcome = Run(elsewhere);
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(DetailsOf(outcome.status).reason, "INEXACT");
  EXPECT_THAT(outcome.status.error_message(), HasSubstr("an abacus"));

  v1::SampleRequest loose = Resumed(request, stopped);
  loose.set_deterministic(false);
  loose.set_require_exact(true);
  EXPECT_EQ(DetailsOf(Run(loose).status).reason, "INEXACT");
}

TEST_F(SampleResumeTest, RefusesTimesThatCannotBe) {
  for (const std::string field : {"state_interval", "time_budget"}) {
    v1::SampleRequest request = LangevinOf("gauss", 1, 10);
    (field == "time_budget" ? request.mutable_time_budget()
                            : request.mutable_state_interval())
        ->set_nanos(-1);
    EXPECT_EQ(DetailsOf(Run(request).status).field, field);
  }
}

TEST_F(SampleResumeTest, AModelTellsItsNumerics) {
  grpc::ClientContext context;
  v1::GetModelRequest request;
  request.mutable_model()->set_name("mlp");
  v1::GetModelResponse response;
  ASSERT_TRUE(server_.models()->GetModel(&context, request, &response).ok());
  EXPECT_EQ(response.model().numerics(), Run(Mlp(1)).started.numerics());
}

}  // namespace
}  // namespace scoreserve
