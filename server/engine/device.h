#ifndef SCORESERVE_SERVER_ENGINE_DEVICE_H_
#define SCORESERVE_SERVER_ENGINE_DEVICE_H_

#include <memory>

#include "absl/status/status.h"
#include "c10/core/Device.h"
#include "server/engine/pass.h"

namespace scoreserve {

// What computes passes. A pass is begun, then finished, in the order in which
// passes were begun; between the two its lane leaves it alone. One thread at a
// time.
class Device {
 public:
  virtual ~Device() = default;

  // How many passes may be begun and not finished. Of one lane at most one is.
  virtual int pipeline_depth() const = 0;

  // Whether a thread that calls it for the first time computes at once, as fast
  // as one that always does.
  virtual bool any_thread() const { return false; }

  // Makes the calling thread compute as this device does, with as many threads,
  // also outside of passes.
  virtual void Prepare() {}

  // Starts to compute pass.score, and then to move the live rows.
  virtual void Begin(Pass& pass) = 0;

  // Waits until that is done. INTERNAL where the network threw: then nothing of
  // the pass may be used.
  virtual absl::Status Finish(Pass& pass) = 0;
};

// The processor: computes in Begin(), `threads` at a time.
std::unique_ptr<Device> NewCpuDevice(int threads);

// Any device of LibTorch's (FindDevice() in models/networks/placement.h), by
// its plain operations: networks must have been moved there. Computes in
// Begin(). On at::kCPU it gives what NewCpuDevice() gives, to rounding.
std::unique_ptr<Device> NewTorchDevice(at::Device device);

// The first for at::kCPU, the second for everything else.
std::unique_ptr<Device> NewDevice(at::Device device, int threads);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_DEVICE_H_
