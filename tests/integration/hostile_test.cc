// Messages that mean harm.

#include <arpa/inet.h>
#include <grpc/compression.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
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

// A gRPC message of 4 GiB - 1, of which only the length is ever sent.
std::string HugeMessageAnnounced() {
  const auto frame = [](char type, char flags, char stream,
                        const std::string& payload) {
    const char header[] = {
        0, 0, static_cast<char>(payload.size()), type, flags, 0, 0, 0, stream};
    return std::string(header, sizeof header) + payload;
  };
  const auto text = [](const std::string& value) {
    return std::string(1, static_cast<char>(value.size())) + value;
  };
  // RFC 7541: 0x80 + i is field i of the static table; 0x0i is a value for its
  // name i; 0x00 is a name and a value.
  const std::string headers =
      "\x83\x86\x04" + text("/scoreserve.v1.Scoring/Score") + "\x01" +
      text("localhost") + "\x0f\x10" + text("application/grpc") +
      std::string(1, '\0') + text("te") + text("trailers");
  constexpr char kData = 0, kHeaders = 1, kSettings = 4, kEndHeaders = 4;
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(kSettings, 0, 0, "") +
         frame(kHeaders, kEndHeaders, 1, headers) +
         frame(kData, 0, 1, std::string("\0\xff\xff\xff\xff", 5));
}

// Sends `bytes` to `port` and reads until `wanted` has come, or the end.
std::string Exchange(int port, const std::string& bytes,
                     const std::string& wanted) {
  const int peer = ::socket(AF_INET, SOCK_STREAM, 0);
  const timeval patience = {.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  std::string reply;
  if (::connect(peer, reinterpret_cast<sockaddr*>(&address), sizeof address) ==
          0 &&
      ::send(peer, bytes.data(), bytes.size(), 0) ==
          static_cast<ssize_t>(bytes.size())) {
    char buffer[4096];
    ssize_t size = 0;
    while (!absl::StrContains(reply, wanted) &&
           (size = ::recv(peer, buffer, sizeof buffer, 0)) > 0) {
      reply.append(buffer, static_cast<size_t>(size));
    }
  }
  ::close(peer);
  return reply;
}

TEST(HostileTest, AMessageOfFourGibibytesIsRefusedByItsLengthAlone) {
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}});
  EXPECT_THAT(Exchange(server.server().port(), HugeMessageAnnounced(),
                       "larger than max"),
              testing::HasSubstr("larger than max (4294967295 vs. 67108864)"));
  EXPECT_TRUE(Send(server, Zeros(1 << 16), GRPC_COMPRESS_NONE).ok());
}

}  // namespace
}  // namespace scoreserve
