#ifndef SCORESERVE_TESTS_SUPPORT_TCP_PROXY_H_
#define SCORESERVE_TESTS_SUPPORT_TCP_PROXY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace scoreserve {

// Stands between a client and a server on loopback, so that a test can take the
// network away. Thread-safe.
class TcpProxy {
 public:
  // Forwards connections from a free port to `target_port`. Dies where it
  // cannot.
  explicit TcpProxy(int target_port);
  // Cuts what is left.
  ~TcpProxy();

  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  int port() const { return port_; }
  std::string address() const;

  // Connections from now on go to this port.
  void SetTarget(int port);

  // Closes every connection, at once. New ones are taken.
  void Cut();

  // Does that once so many more bytes have gone from the server to clients.
  void CutAfter(int64_t bytes);
  // How often CutAfter() has come about.
  int64_t cuts() const;

  // Swallows all bytes from now on, both ways, as a network does that has lost
  // one end.
  void Freeze();

 private:
  struct Link {
    int client = -1, server = -1;
    std::vector<std::thread> pumps;
  };

  void Accept();
  // Copies what `from` sends to `to` until one of them is closed.
  void Pump(int from, int to, bool downstream);
  bool Forwards(int64_t bytes, bool downstream) ABSL_LOCKS_EXCLUDED(mu_);
  void CutAll() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  int listener_ = -1;
  int port_ = 0;
  mutable absl::Mutex mu_;
  int target_ ABSL_GUARDED_BY(mu_);
  std::vector<std::unique_ptr<Link>> links_ ABSL_GUARDED_BY(mu_);
  int64_t left_ ABSL_GUARDED_BY(mu_) = -1;  // Until a cut; −1: for ever.
  int64_t cuts_ ABSL_GUARDED_BY(mu_) = 0;
  bool frozen_ ABSL_GUARDED_BY(mu_) = false;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread acceptor_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_TCP_PROXY_H_
