#ifndef SCORESERVE_SERVER_ENGINE_DEVICE_H_
#define SCORESERVE_SERVER_ENGINE_DEVICE_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "c10/core/Device.h"
#include "server/engine/pass.h"
#include "server/engine/stream.h"

namespace scoreserve {

// What computes passes, those that it made. A pass is begun, then finished, in
// the order in which passes were begun; between the two its lane leaves it
// alone. One thread at a time.
class Device {
 public:
  virtual ~Device() = default;

  // How many passes may be begun and not finished. Of one lane at most one is.
  virtual int pipeline_depth() const = 0;

  // Whether a thread that calls it for the first time computes at once, as fast
  // as one that always does.
  virtual bool any_thread() const { return false; }

  // A pass for this device alone, with room for `max_rows` (pass.h).
  // RESOURCE_EXHAUSTED, OUT_OF_MEMORY where there is no memory for it.
  absl::StatusOr<std::unique_ptr<Pass>> NewPass(const ScoreNetwork* network,
                                                int64_t max_rows,
                                                bool energies);

  // Makes the calling thread compute as this device does, with as many threads,
  // also outside of passes.
  virtual void Prepare() {}

  // Starts to compute pass.score, and then to move the live rows.
  virtual void Begin(Pass& pass) = 0;

  // Waits until that is done. RESOURCE_EXHAUSTED, OUT_OF_MEMORY where there is
  // no memory for it, nor for half of it; INTERNAL where the network threw.
  // Then nothing of the pass may be used.
  virtual absl::Status Finish(Pass& pass) = 0;

  // Has the device remember what it does for one more size of the pass, which
  // carries nothing yet; false where nothing is left to remember. Takes a few
  // milliseconds.
  virtual bool CaptureNext(Pass& /*pass*/) { return false; }

 private:
  // May throw.
  virtual std::unique_ptr<Pass> MakePass(const ScoreNetwork* network,
                                         int64_t max_rows, bool energies) {
    return std::make_unique<Pass>(network, max_rows, energies);
  }
};

// The processor: computes in Begin(), `threads` at a time.
std::unique_ptr<Device> NewCpuDevice(int threads);

// Any device of LibTorch's (FindDevice() in models/networks/placement.h), where
// networks must have been moved to: rows live there from step to step, and it
// computes between Begin() and Finish(). On at::kCPU it gives what
// NewCpuDevice() gives, to rounding.
std::unique_ptr<Device> NewTorchDevice(at::Device device);
// The same on a stream of the caller's, for tests.
std::unique_ptr<Device> NewTorchDevice(std::unique_ptr<Stream> stream);

// The first for at::kCPU, the second for everything else.
std::unique_ptr<Device> NewDevice(at::Device device, int threads);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_DEVICE_H_
