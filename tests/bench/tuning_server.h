#ifndef SCORESERVE_TESTS_BENCH_TUNING_SERVER_H_
#define SCORESERVE_TESTS_BENCH_TUNING_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/io/model_repository.h"
#include "scoreserve/v1/training.grpc.pb.h"
#include "tests/bench/rig.h"

namespace scoreserve::bench {

// A server of one model that takes fine-tuning jobs, and what a client says to
// it, over the wire. What fails ends the program. By one thread.
class TuningServer {
 public:
  // Serves `files` as version 1 of `model`.
  TuningServer(const std::string& model, const ModelFiles& files,
               double training_share);

  Server& server() { return *server_; }

  // Starts a job; its name.
  std::string Create(const v1::FineTuneSpec& spec);
  // Adds rows to the beginning of a job's stream; they are durable on return.
  void Stream(const std::string& job, const std::vector<float>& x, int64_t dim);
  void Pause(const std::string& job);
  void Resume(const std::string& job);
  v1::FineTune Get(const std::string& job);
  // As it ended.
  v1::FineTune AwaitEnd(const std::string& job);

 private:
  TempFolder repository_, state_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::FineTuning::Stub> stub_;
};

}  // namespace scoreserve::bench

#endif  // SCORESERVE_TESTS_BENCH_TUNING_SERVER_H_
