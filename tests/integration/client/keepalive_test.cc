// Peers that vanish without a word, and servers that mind being pinged.

#include <arpa/inet.h>
#include <grpcpp/client_context.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/src/channels.h"
#include "gtest/gtest.h"
#include "scoreserve/v1/scoring.grpc.pb.h"
#include "tests/integration/client/clients.h"

namespace scoreserve {
namespace {

// Greets one client as an HTTP/2 server does and then says nothing, whatever it
// is sent.
class MuteServer {
 public:
  MuteServer() : listening_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listening_, any, size) != 0 || ::listen(listening_, 1) != 0 ||
        ::getsockname(listening_, any, &size) != 0) {
      std::abort();
    }
    port_ = ntohs(address.sin_port);
    greeter_ = std::thread([this] {
      client_ = ::accept(listening_, nullptr, nullptr);
      // Nine bytes are a frame without a payload; type 4 is SETTINGS.
      constexpr std::array<char, 9> kSettings = {0, 0, 0, 4};
      [[maybe_unused]] const auto written =
          ::write(client_, kSettings.data(), kSettings.size());
    });
  }
  ~MuteServer() {
    greeter_.join();
    ::close(client_);
    ::close(listening_);
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

 private:
  const int listening_;
  int client_ = -1;
  int port_ = 0;
  std::thread greeter_;
};

TEST(ClientKeepaliveTest, APeerThatVanishedEndsACallThatHasNoDeadline) {
  const MuteServer server;
  const auto client =
      Client::New({.target = server.address(),
                   .max_attempts = 1,
                   .keepalive_time = absl::Seconds(1),
                   .keepalive_timeout = absl::Milliseconds(100)});
  const absl::Status status = (*client)->Sample(Langevin(1, 10)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
}

// A server closes the connection at the third ping that comes too soon.
TEST(ClientKeepaliveTest, AServerTakesThePingsOfASilentStream) {
  const ModelServer server;
  const auto scoring = v1::Scoring::NewStub(NewChannel(
      {.target = server.address(), .keepalive_time = absl::Seconds(1)}));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(5500));
  const auto stream = scoring->ScoreStream(&context);
  v1::ScoreStreamResponse reply;
  EXPECT_FALSE(stream->Read(&reply));
  EXPECT_EQ(stream->Finish().error_code(), grpc::DEADLINE_EXCEEDED);
}

}  // namespace
}  // namespace scoreserve
