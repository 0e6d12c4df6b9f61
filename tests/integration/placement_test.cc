// A server whose device has no room for another version.

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scoreserve/v1/model_admin.grpc.pb.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(PlacementTest, AVersionWithoutRoomIsShownAsRefusedAndTheOldOneServes) {
  ServerOptions options;
  options.device_memory = "3MiB";
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}}, options);
  ASSERT_TRUE(server.repository()
                  .UpdateDesired("gauss", std::nullopt,
                                 [](DesiredState& desired) {
                                   desired.memory = int64_t{3} << 20;
                                   return absl::OkStatus();
                                 })
                  .ok());
  ASSERT_TRUE(server.repository().Write("gauss", GaussianFiles(2, 2.0f)).ok());

  const auto admin = v1::ModelAdmin::NewStub(server.channel());
  v1::UpdateModelRequest promote;
  promote.set_name("gauss");
  (*promote.mutable_set_aliases())["stable"] = 2;
  {
    grpc::ClientContext context;
    v1::UpdateModelResponse response;
    const grpc::Status refused =
        admin->UpdateModel(&context, promote, &response);
    EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_EQ(DetailsOf(refused).reason, "OVERLOADED");
    EXPECT_THAT(refused.error_message(),
                HasSubstr("version 2 of model 'gauss' cannot be served: no "
                          "device has room for 3 MiB: cpu has "));
    EXPECT_THAT(refused.error_message(), HasSubstr(" free of 3 MiB"));
  }
  {
    grpc::ClientContext context;
    v1::GetModelRequest request;
    request.mutable_model()->set_name("gauss");
    v1::GetModelResponse response;
    ASSERT_TRUE(server.models()->GetModel(&context, request, &response).ok());
    const v1::Model& model = response.model();
    EXPECT_EQ(model.version(), 1);
    EXPECT_THAT(model.versions(), ElementsAre(1));
    ASSERT_EQ(model.refused_size(), 1);
    EXPECT_EQ(model.refused(0).version(), 2);
    EXPECT_THAT(model.refused(0).why(), HasSubstr("no device has room for"));
  }
  grpc::ClientContext context;
  v1::ScoreResponse scores;
  ASSERT_TRUE(server.scoring()
                  ->Score(&context, ScoreOf("gauss", {1, 1}, 2), &scores)
                  .ok());
  EXPECT_EQ(scores.version(), 1);
}

}  // namespace
}  // namespace scoreserve
