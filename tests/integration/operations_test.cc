// What operators and their tools ask: health, reflection, probes and metrics.

#include <memory>
#include <string>
#include <thread>

#include "CivetServer.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "gtest/gtest.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The body of a GET, after its status line.
std::string Get(int port, const std::string& path) {
  char error[256];
  mg_connection* connection =
      mg_download("127.0.0.1", port, 0, error, sizeof error,
                  "GET %s HTTP/1.0\r\n\r\n", path.c_str());
  if (connection == nullptr) return error;
  std::string reply =
      std::to_string(mg_get_response_info(connection)->status_code) + "\n";
  char buffer[4096];
  int size = 0;
  while ((size = mg_read(connection, buffer, sizeof buffer)) > 0) {
    reply.append(buffer, static_cast<size_t>(size));
  }
  mg_close_connection(connection);
  return reply;
}

ServerOptions WithHttp() {
  ServerOptions options;
  options.http_port = 0;
  return options;
}

TEST(OperationsTest, HealthFollowsADrainAlsoForWhoWatches) {
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}});
  const auto health = grpc::health::v1::Health::NewStub(server.channel());
  grpc::health::v1::HealthCheckResponse reply;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(health->Check(&context, {}, &reply).ok());
    EXPECT_EQ(reply.status(), grpc::health::v1::HealthCheckResponse::SERVING);
  }
  grpc::ClientContext context;
  const auto watch = health->Watch(&context, {});
  ASSERT_TRUE(watch->Read(&reply));
  EXPECT_EQ(reply.status(), grpc::health::v1::HealthCheckResponse::SERVING);
  std::thread drain([&] { server.server().Drain(absl::InfiniteDuration()); });
  ASSERT_TRUE(watch->Read(&reply));
  EXPECT_EQ(reply.status(), grpc::health::v1::HealthCheckResponse::NOT_SERVING);
  context.TryCancel();
  watch->Finish();
  drain.join();
}

TEST(OperationsTest, EveryServiceIsDescribed) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const char* service :
       {"scoreserve.v1.Scoring", "scoreserve.v1.Sampling",
        "scoreserve.v1.Models", "grpc.health.v1.Health"}) {
    EXPECT_NE(pool->FindServiceByName(service), nullptr) << service;
  }
}

TEST(OperationsTest, ProbesTellAliveFromReady) {
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}}, WithHttp());
  const int port = server.server().http_port();
  EXPECT_THAT(Get(port, "/healthz"), HasSubstr("200"));
  EXPECT_THAT(Get(port, "/readyz"), HasSubstr("200"));
  EXPECT_THAT(Get(port, "/nothing"), HasSubstr("404"));
  server.server().Drain(absl::InfiniteDuration());
  EXPECT_THAT(Get(port, "/healthz"), HasSubstr("200"));
  EXPECT_THAT(Get(port, "/readyz"), HasSubstr("503"));
}

TEST(OperationsTest, MetricsCountRequestsByModelMethodAndCode) {
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}}, WithHttp());
  const auto scoring = server.scoring();
  v1::ScoreResponse response;
  for (const char* model : {"gauss", "gauss", "made-up-1", "made-up-2"}) {
    grpc::ClientContext context;
    scoring->Score(&context, ScoreOf(model, {1, 2}, 2), &response);
  }
  {
    // −x with h = 1e6 multiplies by −999,999 until it overflows.
    grpc::ClientContext context;
    const auto run =
        server.sampling()->Sample(&context, LangevinOf("gauss", 1, 100, 1e6));
    v1::SampleResponse frame;
    while (run->Read(&frame)) {
    }
    EXPECT_EQ(run->Finish().error_code(), grpc::StatusCode::OUT_OF_RANGE);
  }
  const std::string text = Get(server.server().http_port(), "/metrics");
  EXPECT_THAT(text, HasSubstr("scoreserve_requests_total{model=\"gauss\","
                              "method=\"Sample\",code=\"OUT_OF_RANGE\"} 1"));
  EXPECT_THAT(text, HasSubstr("scoreserve_requests_total{model=\"gauss\","
                              "method=\"Score\",code=\"OK\"} 2"));
  EXPECT_THAT(text, HasSubstr("scoreserve_requests_total{model=\"unknown\","
                              "method=\"Score\",code=\"NOT_FOUND\"} 2"));
  EXPECT_THAT(text, Not(HasSubstr("made-up")));
  for (const char* name :
       {"scoreserve_queue_rows", "scoreserve_batch_rows_bucket",
        "scoreserve_forward_seconds_bucket", "scoreserve_live_trajectories",
        "scoreserve_waiting_rows{class=\"query\"} 0",
        "scoreserve_waiting_rows{class=\"sampling\"} 0",
        "scoreserve_refused_total{reason=\"full\"} 0",
        "scoreserve_refused_total{reason=\"share\"} 0",
        "scoreserve_refused_total{reason=\"deadline\"} 0",
        "scoreserve_parked_blocks 0", "scoreserve_parkings_total 0",
        "scoreserve_model_versions{model=\"gauss\",state=\"loaded\"} 1"}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
}

}  // namespace
}  // namespace scoreserve
