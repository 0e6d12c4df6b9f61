// Messages that mean harm.

#include <grpc/compression.h>

#include <cstddef>

#include "gtest/gtest.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

ServerOptions SmallMessages() {
  ServerOptions options;
  options.limits.max_message_bytes = 1 << 20;
  return options;
}

// A query whose data alone is `bytes` zeros.
v1::ScoreRequest Zeros(size_t bytes) {
  v1::ScoreRequest request = ScoreOf("gauss", {}, 2);
  request.mutable_x()->set_shape(0, static_cast<int64_t>(bytes / 8));
  request.mutable_x()->mutable_data()->assign(bytes, '\0');
  return request;
}

grpc::Status Send(TestServer& server, const v1::ScoreRequest& request,
                  grpc_compression_algorithm compression) {
  grpc::ClientContext context;
  context.set_compression_algorithm(compression);
  v1::ScoreResponse response;
  return server.scoring()->Score(&context, request, &response);
}

TEST(HostileTest, TheCapIs64MebibytesUnlessItIsSet) {
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}});
  EXPECT_EQ(Send(server, Zeros(64 << 20), GRPC_COMPRESS_NONE).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST(HostileTest, AMessageOverTheCapIsRefusedBeforeItIsDecoded) {
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}}, SmallMessages());
  EXPECT_EQ(Send(server, Zeros(2 << 20), GRPC_COMPRESS_NONE).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Send(server, Zeros(1 << 16), GRPC_COMPRESS_NONE).ok());
}

// 64 MiB of zeros are 64 KiB on the wire: the cap holds for what they become.
TEST(HostileTest, ACompressedBombIsRefusedByTheSizeThatItUnpacksTo) {
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}}, SmallMessages());
  EXPECT_EQ(Send(server, Zeros(64 << 20), GRPC_COMPRESS_GZIP).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Send(server, Zeros(1 << 16), GRPC_COMPRESS_GZIP).ok());
}

}  // namespace
}  // namespace scoreserve
