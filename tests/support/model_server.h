// A real server as a client sees it. No header of the server's comes along:
// some of its names are the client's, too.

#ifndef SCORESERVE_TESTS_SUPPORT_MODEL_SERVER_H_
#define SCORESERVE_TESTS_SUPPORT_MODEL_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/temp_folder.h"

namespace scoreserve {

class Server;

// A server in this process, on a port of its own, with four models:
//   plain     N(0, 2 I) of two numbers, without a label: the score is −x / 2
//   labelled  N(0, I) of two numbers, labelled by σ: the score is −x / (1 + σ²)
//   images    the same of 3x3 images
//   small_mlp a network of eight numbers with seeded weights, without a label
class ModelServer {
 public:
  // `sampling_cap`: row-evaluations of samplers that it takes at a time.
  explicit ModelServer(int64_t sampling_cap = 100'000'000);
  ~ModelServer();

  // Starts again, on the port that it had.
  void Start();
  void Stop();

  // Publishes the next version of "plain", N(0, variance · I), which the server
  // finds when it polls, or is told to change the model.
  int64_t Publish(float variance) const;

  // The repository's folder.
  std::string path() const { return folder_.path(); }

  std::string address() const;
  int port() const { return port_; }
  // Runs that go on from states to be had elsewhere stop; returns once all
  // have.
  void Drain();

 private:
  const int64_t sampling_cap_;
  int port_ = 0;
  TempFolder folder_;
  std::unique_ptr<Server> server_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_MODEL_SERVER_H_
