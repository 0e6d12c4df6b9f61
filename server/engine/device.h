#ifndef SCORESERVE_SERVER_ENGINE_DEVICE_H_
#define SCORESERVE_SERVER_ENGINE_DEVICE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/status/status.h"
#include "models/networks/score_network.h"
#include "models/networks/workspace.h"
#include "models/samplers/advance.h"

namespace scoreserve {

// One batch through one network: live rows of samplers first, then rows of
// queries. Owned by a lane and reused from pass to pass.
struct Pass {
  const ScoreNetwork* network = nullptr;
  at::Tensor x;      // float32 [max rows, dim], model space.
  at::Tensor label;  // float64 [max rows].
  int64_t rows = 0;
  // One for each live row: what its step does once the score is there.
  std::vector<RowStep> steps;
  // Filled by the device: float32 [rows, dim], valid until the next Begin() of
  // the same pass.
  at::Tensor score;
  Workspace workspace;

  int64_t dim() const { return x.size(1); }
  float* row(int64_t i) { return x.data_ptr<float>() + i * dim(); }
};

// What computes passes. A pass is begun, then finished, in the order in which
// passes were begun; between the two its lane leaves it alone. Only the device
// loop's thread calls.
class Device {
 public:
  virtual ~Device() = default;

  // How many passes may be begun and not finished. Of one lane at most one is.
  virtual int pipeline_depth() const = 0;

  // Starts to compute pass.score, and then to move the live rows.
  virtual void Begin(Pass& pass) = 0;

  // Waits until that is done. INTERNAL where the network threw: then nothing of
  // the pass may be used.
  virtual absl::Status Finish(Pass& pass) = 0;
};

// The processor: computes in Begin(), `threads` at a time.
std::unique_ptr<Device> NewCpuDevice(int threads);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_DEVICE_H_
