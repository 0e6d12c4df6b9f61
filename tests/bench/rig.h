// What the cases run against, all in one process: the real server with the
// benchmark's network, an empty echo of the same service, and that network
// called directly.

#ifndef SCORESERVE_TESTS_BENCH_RIG_H_
#define SCORESERVE_TESTS_BENCH_RIG_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "scoreserve/v1/sampling.grpc.pb.h"
#include "scoreserve/v1/scoring.grpc.pb.h"
#include "server/engine/model_snapshot.h"
#include "server/server.h"
#include "tests/bench/in_process.h"
#include "tests/support/temp_folder.h"

namespace scoreserve::bench {

// Answers every Score with a ready reply of `rows` rows: what gRPC itself
// costs. The same callback server as ours, health and reflection on.
class EchoServer {
 public:
  virtual ~EchoServer() = default;
  virtual int port() const = 0;
  // Of the replies from now on.
  virtual void SetRows(int64_t rows) = 0;
};
std::unique_ptr<EchoServer> StartEcho();

struct Rig {
  TempFolder repository;  // With the model "bench".
  std::unique_ptr<Server> server;
  std::unique_ptr<EchoServer> echo;
  std::shared_ptr<const ModelSnapshot> model;  // As the server loaded it.
};
std::unique_ptr<Rig> StartRig();

// A new connection to a port on loopback.
std::shared_ptr<grpc::Channel> Connect(int port);

// Ends the program unless `status` is OK, at once: other threads may be in the
// middle of calls.
void DieUnlessOk(const grpc::Status& status);

// A query of `rows` rows.
v1::ScoreRequest Query(int64_t rows);

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_RIG_H_
