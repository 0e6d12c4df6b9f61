#include "tests/support/tcp_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace scoreserve {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

int NewSocket() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) std::abort();
  return fd;
}

bool WriteAll(int fd, const char* data, int64_t size) {
  while (size > 0) {
    const ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    size -= sent;
  }
  return true;
}

}  // namespace

TcpProxy::TcpProxy(int target_port) : target_(target_port) {
  listener_ = NewSocket();
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, generic, &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

TcpProxy::~TcpProxy() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
    CutAll();
  }
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  std::vector<std::unique_ptr<Link>> links;
  {
    absl::MutexLock lock(&mu_);
    links.swap(links_);
  }
  for (const std::unique_ptr<Link>& link : links) {
    for (std::thread& pump : link->pumps) pump.join();
    close(link->client);
    close(link->server);
  }
}

std::string TcpProxy::address() const {
  return "127.0.0.1:" + std::to_string(port_);
}

void TcpProxy::SetTarget(int port) {
  absl::MutexLock lock(&mu_);
  target_ = port;
}

void TcpProxy::Cut() {
  absl::MutexLock lock(&mu_);
  CutAll();
}

void TcpProxy::CutAfter(int64_t bytes) {
  absl::MutexLock lock(&mu_);
  left_ = bytes;
}

int64_t TcpProxy::cuts() const {
  absl::MutexLock lock(&mu_);
  return cuts_;
}

void TcpProxy::Freeze() {
  absl::MutexLock lock(&mu_);
  frozen_ = true;
}

void TcpProxy::Accept() {
  while (true) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    absl::MutexLock lock(&mu_);
    const int server = NewSocket();
    const sockaddr_in address = Loopback(target_);
    if (stopping_ ||
        connect(server, reinterpret_cast<const sockaddr*>(&address),
                sizeof address) != 0) {
      close(client);
      close(server);
      continue;
    }
    auto link = std::make_unique<Link>();
    link->client = client;
    link->server = server;
    link->pumps.emplace_back([=, this] { Pump(client, server, false); });
    link->pumps.emplace_back([=, this] { Pump(server, client, true); });
    links_.push_back(std::move(link));
  }
}

void TcpProxy::Pump(int from, int to, bool downstream) {
  char buffer[16384];
  ssize_t size = 0;
  while ((size = read(from, buffer, sizeof buffer)) > 0) {
    if (Forwards(size, downstream) && !WriteAll(to, buffer, size)) break;
  }
  shutdown(from, SHUT_RDWR);
  shutdown(to, SHUT_RDWR);
}

bool TcpProxy::Forwards(int64_t bytes, bool downstream) {
  absl::MutexLock lock(&mu_);
  if (frozen_) return false;
  if (!downstream || left_ < 0) return true;
  left_ -= bytes;
  if (left_ > 0) return true;
  left_ = -1;
  ++cuts_;
  CutAll();
  return false;
}

void TcpProxy::CutAll() {
  // Descriptors stay open until their pumps have ended, so none is reused.
  for (const std::unique_ptr<Link>& link : links_) {
    shutdown(link->client, SHUT_RDWR);
    shutdown(link->server, SHUT_RDWR);
  }
}

}  // namespace scoreserve
