// The bound on a query's passes, on the real thread and over the real wire.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

#include "gtest/gtest.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

// A stream has at most 64 rows waiting, which fit the reserve of 256.
TEST(QueryPassesTest, TwentyThousandQueriesRideAlongWithAFullSamplingLoad) {
  constexpr uint64_t kQueries = 20'000;
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}});
  const EngineMetrics& metrics = server.server().engine().metrics();

  // Fills the lane: three quarters of its 1,024 rows, and more that wait.
  grpc::ClientContext loading;
  const auto sampling = server.sampling();
  const auto load =
      sampling->Sample(&loading, LangevinOf("gauss", 1000, 100'000));
  v1::SampleResponse frame;
  while (load->Read(&frame) && !frame.has_progress()) {
  }
  const int64_t steps_before = metrics.row_steps;

  grpc::ClientContext context;
  const auto scoring = server.scoring();
  const auto stream = scoring->ScoreStream(&context);
  uint64_t answered = 0;
  std::thread reader([&] {
    v1::ScoreStreamResponse reply;
    while (stream->Read(&reply)) {
      if (reply.status().code() == 0) ++answered;
    }
  });
  v1::ScoreStreamRequest message;
  *message.mutable_request() = ScoreOf("gauss", {1, 2}, 2);
  for (uint64_t id = 0; id < kQueries; ++id) {
    message.set_id(id);
    ASSERT_TRUE(stream->Write(message));
  }
  stream->WritesDone();
  reader.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(answered, kQueries);
  EXPECT_GT(metrics.row_steps - steps_before, 0);

  const Histogram::Snapshot passes = metrics.query_passes.Take();
  for (size_t i = 2; i < passes.counts.size(); ++i) {
    EXPECT_EQ(passes.counts[i], 0) << "answered later than in the second pass";
  }
  loading.TryCancel();
  load->Finish();
}

}  // namespace
}  // namespace scoreserve
