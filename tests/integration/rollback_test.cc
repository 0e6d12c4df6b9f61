// A rollback by hand goes over what jobs think.

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scoreserve/v1/model_admin.grpc.pb.h"
#include "scoreserve/v1/training.grpc.pb.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

TEST(RollbackTest, AliasesThatAreMovedBackPauseTheModelsJobs) {
  const TempFolder state;
  ServerOptions options;
  options.state_dir = state.path();
  TestServer server({{"plain", MlpFiles(2)}}, options);
  ASSERT_TRUE(server.repository().Write("plain", MlpFiles(2)).ok());
  ASSERT_TRUE(server.server().registry().Poll().ok());
  const auto jobs = v1::FineTuning::NewStub(server.channel());
  const auto admin = v1::ModelAdmin::NewStub(server.channel());
  v1::CreateFineTuneRequest create;
  create.set_fine_tune_id("job");
  create.mutable_spec()->mutable_base()->set_name("plain");
  {
    grpc::ClientContext context;
    v1::CreateFineTuneResponse created;
    ASSERT_TRUE(jobs->CreateFineTune(&context, create, &created).ok());
    EXPECT_EQ(created.fine_tune().base_version(), 2);
  }
  // Forward is none of its business; back is.
  for (const int64_t version : {2, 1}) {
    v1::UpdateModelRequest update;
    update.set_name("plain");
    (*update.mutable_set_aliases())["stable"] = version;
    grpc::ClientContext context;
    v1::UpdateModelResponse updated;
    ASSERT_TRUE(admin->UpdateModel(&context, update, &updated).ok());
    EXPECT_EQ(updated.model().version(), version);
  }
  v1::WatchFineTuneRequest watch;
  watch.set_name("models/plain/fineTunes/job");
  grpc::ClientContext context;
  const auto reader = jobs->WatchFineTune(&context, watch);
  v1::WatchFineTuneResponse now;
  while (reader->Read(&now) &&
         now.fine_tune().state() != v1::FINE_TUNE_STATE_PAUSED) {
  }
  EXPECT_EQ(now.fine_tune().state(), v1::FINE_TUNE_STATE_PAUSED);
  EXPECT_THAT(now.fine_tune().note(), HasSubstr("moved back by hand"));
  context.TryCancel();
  (void)reader->Finish();
}

}  // namespace
}  // namespace scoreserve
