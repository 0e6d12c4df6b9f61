#include "server/service/fine_tuning_service.h"

#include <functional>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/service/fine_tuning_server.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::CreateFineTuneRequest RequestOf(const std::string& id) {
  v1::CreateFineTuneRequest request;
  request.set_fine_tune_id(id);
  request.mutable_spec()->mutable_base()->set_name("plain");
  return request;
}

TEST(FineTuningServiceTest, AbsentFieldsGetTheDefaultsOfTheSpec) {
  FineTuningServer server;
  v1::FineTune job;
  ASSERT_TRUE(server.Create(RequestOf("a"), &job).ok());
  EXPECT_EQ(job.name(), "models/plain/fineTunes/a");
  FineTuneSpec defaults;
  defaults.model = "plain";
  EXPECT_EQ(server.jobs().Get(job.name())->spec, defaults);
  EXPECT_FALSE(job.spec().base().has_version());
  EXPECT_EQ(job.spec().objective(), "sliced");
  EXPECT_EQ(job.spec().hold_out_share(), 0.1);
  EXPECT_EQ(job.spec().publish_interval().seconds(), 10);
  EXPECT_EQ(job.spec().buffer().capacity(), 65536);
  EXPECT_EQ(job.state(), v1::FINE_TUNE_STATE_RUNNING);
  EXPECT_FALSE(job.has_loss());  // None before the first step.
  EXPECT_FALSE(job.has_end_time());
}

TEST(FineTuningServiceTest, EveryFieldArrivesAndComesBack) {
  FineTuningServer server;
  v1::CreateFineTuneRequest request = RequestOf("a");
  v1::FineTuneSpec* spec = request.mutable_spec();
  spec->mutable_base()->set_version(1);
  spec->set_alias("canary");
  spec->set_objective("fd_sliced");
  (*spec->mutable_objective_options())["epsilon"].set_number(0.5);
  (*spec->mutable_trainer_options())["batch"].set_integer(32);
  spec->set_seed(std::numeric_limits<uint64_t>::max());
  spec->set_steps(800);
  spec->mutable_buffer()->set_policy(v1::BUFFER_POLICY_RESERVOIR);
  spec->mutable_buffer()->set_capacity(1 << 24);
  spec->mutable_buffer()->set_min_rows(9);
  spec->set_hold_out_share(0.0);
  spec->mutable_gate()->set_objective("exact");
  spec->mutable_publish_interval()->set_nanos(500'000'000);
  spec->mutable_checkpoint_interval()->set_nanos(100'000'000);
  spec->mutable_quota()->set_max_rows(7);
  spec->mutable_quota()->set_max_bytes(8);
  v1::FineTune job;
  ASSERT_TRUE(server.Create(request, &job).ok());
  FineTuneSpec expected;
  expected.model = "plain";
  expected.base_version = 1;
  expected.alias = "canary";
  expected.objective = "fd_sliced";
  expected.objective_options = {{"epsilon", 0.5}};
  expected.trainer_options = {{"batch", int64_t{32}}};
  expected.seed = std::numeric_limits<uint64_t>::max();
  expected.steps = 800;
  expected.buffer = {BufferPolicy::kReservoir, 1 << 24, 0.0};
  expected.min_rows = 9;
  expected.gate_objective = "exact";
  expected.publish_interval = absl::Milliseconds(500);
  expected.checkpoint_interval = absl::Milliseconds(100);
  expected.max_rows = 7;
  expected.max_bytes = 8;
  EXPECT_EQ(server.jobs().Get(job.name())->spec, expected);
  EXPECT_EQ(job.spec().SerializeAsString(), spec->SerializeAsString());
}

TEST(FineTuningServiceTest, AFieldThatBreaksItsRuleIsNamed) {
  FineTuningServer server;
  using Break = std::function<void(v1::CreateFineTuneRequest&)>;
  const std::vector<std::tuple<std::string, std::string, Break>> cases = {
      {"fine_tune_id", "[a-z0-9]", [](auto& r) { r.set_fine_tune_id("../x"); }},
      {"spec.base.name", "[a-z0-9]",
       [](auto& r) { r.mutable_spec()->clear_base(); }},
      {"spec.base.version", "at least 1; was 0",
       [](auto& r) { r.mutable_spec()->mutable_base()->set_version(0); }},
      {"spec.alias", "'stable' or 'canary'; was 'x'",
       [](auto& r) { r.mutable_spec()->set_alias("x"); }},
      {"spec.trainer_options.batch", "was empty",
       [](auto& r) {
         (*r.mutable_spec()->mutable_trainer_options())["batch"];
       }},
      {"spec.buffer.capacity", "between 1 and 16777216; was -1",
       [](auto& r) { r.mutable_spec()->mutable_buffer()->set_capacity(-1); }},
      {"spec.buffer.capacity", "16777217",
       [](auto& r) {
         r.mutable_spec()->mutable_buffer()->set_capacity((1 << 24) + 1);
       }},
      {"spec.buffer.policy", "was 9",
       [](auto& r) {
         r.mutable_spec()->mutable_buffer()->set_policy(
             static_cast<v1::BufferPolicy>(9));
       }},
      {"spec.hold_out_share", "between 0 and 0.9; was 0.91",
       [](auto& r) { r.mutable_spec()->set_hold_out_share(0.91); }},
      {"spec.hold_out_share", "was nan",
       [](auto& r) {
         r.mutable_spec()->set_hold_out_share(
             std::numeric_limits<double>::quiet_NaN());
       }},
      {"spec.steps", "at least 0; was -1",
       [](auto& r) { r.mutable_spec()->set_steps(-1); }},
      {"spec.publish_interval", "at least 0; was -1 s",
       [](auto& r) {
         r.mutable_spec()->mutable_publish_interval()->set_seconds(-1);
       }},
      {"spec.checkpoint_interval", "at least 100ms; was 0 s and 99000000 ns",
       [](auto& r) {
         r.mutable_spec()->mutable_checkpoint_interval()->set_nanos(99'000'000);
       }},
      {"spec.quota.max_rows", "at least 1; was -5",
       [](auto& r) { r.mutable_spec()->mutable_quota()->set_max_rows(-5); }},
      {"spec.gate.objective", "given where its options are",
       [](auto& r) {
         (*r.mutable_spec()->mutable_gate()->mutable_objective_options())["a"]
             .set_flag(true);
       }},
      // By the engine, which knows only its own spec.
      {"spec.objective", "unknown",
       [](auto& r) { r.mutable_spec()->set_objective("unknown"); }},
  };
  for (const auto& [field, message, damage] : cases) {
    v1::CreateFineTuneRequest request = RequestOf("a");
    damage(request);
    const grpc::Status status = server.Create(request);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << field;
    EXPECT_EQ(PartsOf(status).field, field);
    EXPECT_EQ(PartsOf(status).reason, "INVALID_FIELD");
    EXPECT_THAT(status.error_message(), HasSubstr(message));
  }
  EXPECT_TRUE(server.jobs().List("").empty());
}

TEST(FineTuningServiceTest, ARepeatIsTheSameJobAndAnotherSpecIsRefused) {
  FineTuningServer server;
  ASSERT_TRUE(server.Create(RequestOf("a")).ok());
  ASSERT_TRUE(server.Create(RequestOf("a")).ok());
  EXPECT_EQ(server.jobs().List("").size(), 1u);
  v1::CreateFineTuneRequest other = RequestOf("a");
  other.mutable_spec()->set_steps(1);
  EXPECT_EQ(PartsOf(server.Create(other)).reason, "JOB_EXISTS");
  EXPECT_EQ(server.Counted("plain", "CreateFineTune", absl::StatusCode::kOk),
            2);
  EXPECT_EQ(server.Counted("unknown", "CreateFineTune",
                           absl::StatusCode::kAlreadyExists),
            1);
}

TEST(FineTuningServiceTest, AJobIsPausedResumedCancelledAndDeleted) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  {
    grpc::ClientContext context;
    v1::PauseFineTuneRequest request;
    request.set_name(name);
    v1::PauseFineTuneResponse response;
    ASSERT_TRUE(server.stub().PauseFineTune(&context, request, &response).ok());
    EXPECT_EQ(response.fine_tune().state(), v1::FINE_TUNE_STATE_PAUSED);
    EXPECT_EQ(response.fine_tune().note(), "paused by a call");
  }
  {
    grpc::ClientContext context;
    v1::ResumeFineTuneRequest request;
    request.set_name(name);
    v1::ResumeFineTuneResponse response;
    ASSERT_TRUE(
        server.stub().ResumeFineTune(&context, request, &response).ok());
    EXPECT_EQ(response.fine_tune().state(), v1::FINE_TUNE_STATE_RUNNING);
  }
  // Twice: the second does nothing.
  for (int i = 0; i < 2; ++i) {
    grpc::ClientContext context;
    v1::CancelFineTuneRequest request;
    request.set_name(name);
    v1::CancelFineTuneResponse response;
    ASSERT_TRUE(
        server.stub().CancelFineTune(&context, request, &response).ok());
    EXPECT_EQ(response.fine_tune().state(), v1::FINE_TUNE_STATE_CANCELLED);
    EXPECT_TRUE(response.fine_tune().has_end_time());
  }
  {
    grpc::ClientContext context;
    v1::ResumeFineTuneRequest request;
    request.set_name(name);
    v1::ResumeFineTuneResponse response;
    EXPECT_EQ(
        PartsOf(server.stub().ResumeFineTune(&context, request, &response))
            .reason,
        "JOB_ENDED");
  }
  {
    grpc::ClientContext context;
    v1::DeleteFineTuneRequest request;
    request.set_name(name);
    v1::DeleteFineTuneResponse response;
    ASSERT_TRUE(
        server.stub().DeleteFineTune(&context, request, &response).ok());
  }
  grpc::ClientContext context;
  v1::GetFineTuneRequest request;
  request.set_name(name);
  v1::GetFineTuneResponse response;
  const grpc::Status gone =
      server.stub().GetFineTune(&context, request, &response);
  EXPECT_EQ(gone.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(PartsOf(gone).reason, "JOB_NOT_FOUND");
}

TEST(FineTuningServiceTest, AStatusIsEncodedWhole) {
  FineTuningServer server;
  const std::string name = server.NewJob();
  server.jobs().Change(name, [](FineTuneStatus& status) {
    status.state = FineTuneState::kFailed;
    status.error = absl::DataLossError("the disk");
    status.step = 12;
    status.loss = -3.5;
    status.skipped_steps = 2;
    status.rows = 100;
    status.hold_out_rows = 10;
    status.training_rows = 90;
    status.checkpoint_step = 11;
    status.not_published = "not better";
    status.last_check = FineTuneComparison{12, 512, 1.5, 0.25, 0.125, 2};
    status.published = {{.version = 4,
                         .time = absl::FromUnixMillis(1500),
                         .comparison = {10, 513, 1.0, 2.0, 0.5, 2},
                         .rolled_back = true}};
  });
  grpc::ClientContext context;
  v1::ListFineTunesRequest request;
  request.set_parent("models/plain");
  v1::ListFineTunesResponse response;
  ASSERT_TRUE(server.stub().ListFineTunes(&context, request, &response).ok());
  ASSERT_EQ(response.fine_tunes_size(), 1);
  const v1::FineTune& job = response.fine_tunes(0);
  EXPECT_EQ(job.state(), v1::FINE_TUNE_STATE_FAILED);
  EXPECT_EQ(job.error().message(), "the disk");
  EXPECT_EQ(job.loss(), -3.5);
  EXPECT_EQ(job.rows(), 100);
  EXPECT_EQ(job.hold_out_rows(), 10);
  EXPECT_EQ(job.training_rows(), 90);
  EXPECT_EQ(job.checkpoint_step(), 11);
  EXPECT_EQ(job.skipped_steps(), 2);
  EXPECT_EQ(job.not_published(), "not better");
  EXPECT_FALSE(job.has_first_check());
  EXPECT_EQ(job.last_check().standard_error(), 0.125);
  ASSERT_EQ(job.published_size(), 1);
  EXPECT_EQ(job.published(0).version(), 4);
  EXPECT_EQ(job.published(0).time().seconds(), 1);
  EXPECT_EQ(job.published(0).time().nanos(), 500'000'000);
  EXPECT_EQ(job.published(0).check().improvement(), 2.0);
  EXPECT_TRUE(job.published(0).rolled_back());
}

TEST(FineTuningServiceTest, JobsAreListedByModel) {
  FineTuningServer server;
  server.NewJob("a");
  server.NewJob("b");
  const auto names = [&](const std::string& parent) {
    grpc::ClientContext context;
    v1::ListFineTunesRequest request;
    request.set_parent(parent);
    v1::ListFineTunesResponse response;
    EXPECT_TRUE(server.stub().ListFineTunes(&context, request, &response).ok());
    std::vector<std::string> list;
    for (const v1::FineTune& job : response.fine_tunes()) {
      list.push_back(job.name());
    }
    return list;
  };
  EXPECT_THAT(names(""), ElementsAre("models/plain/fineTunes/a",
                                     "models/plain/fineTunes/b"));
  EXPECT_EQ(names("models/plain").size(), 2u);
  EXPECT_TRUE(names("models/other").empty());
  grpc::ClientContext context;
  v1::ListFineTunesRequest request;
  request.set_parent("plain");
  v1::ListFineTunesResponse response;
  EXPECT_EQ(
      PartsOf(server.stub().ListFineTunes(&context, request, &response)).field,
      "parent");
}

TEST(FineTuningServiceTest, ObjectivesAndTrainerOptionsAreListed) {
  FineTuningServer server(/*has_jobs=*/false);  // They need none.
  grpc::ClientContext context;
  v1::ListObjectivesResponse response;
  ASSERT_TRUE(server.stub().ListObjectives(&context, {}, &response).ok());
  std::vector<std::string> names;
  for (const auto& objective : response.objectives()) {
    names.push_back(objective.name());
    EXPECT_FALSE(objective.help().empty());
  }
  EXPECT_THAT(names, ElementsAre("denoising", "exact", "fd_denoising",
                                 "fd_sliced", "sliced"));
  int64_t steps = -1;
  for (const auto& option : response.trainer_options()) {
    if (option.name() == "steps") steps = option.default_value().integer();
  }
  EXPECT_EQ(steps, 0);
}

TEST(FineTuningServiceTest, WithoutAStateFolderEveryCallSaysSo) {
  FineTuningServer server(/*has_jobs=*/false);
  const auto expect = [](const grpc::Status& status) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_EQ(PartsOf(status).reason, "NO_STATE_FOLDER");
    EXPECT_THAT(status.error_message(), HasSubstr("--state-dir"));
  };
  expect(server.Create(RequestOf("a")));
  {
    grpc::ClientContext context;
    v1::ListFineTunesResponse response;
    expect(server.stub().ListFineTunes(&context, {}, &response));
  }
  {
    grpc::ClientContext context;
    v1::CancelFineTuneResponse response;
    expect(server.stub().CancelFineTune(&context, {}, &response));
  }
  {
    grpc::ClientContext context;
    const auto stream = server.stub().StreamExamples(&context);
    v1::StreamExamplesResponse response;
    EXPECT_FALSE(stream->Read(&response));
    expect(stream->Finish());
  }
  grpc::ClientContext context;
  const auto watch = server.stub().WatchFineTune(&context, {});
  v1::WatchFineTuneResponse response;
  EXPECT_FALSE(watch->Read(&response));
  expect(watch->Finish());
}

}  // namespace
}  // namespace scoreserve
