// What a device of LibTorch's does, in the order in which it is asked: the seam
// between what passes need and what CUDA offers for it.

#ifndef SCORESERVE_SERVER_ENGINE_STREAM_H_
#define SCORESERVE_SERVER_ENGINE_STREAM_H_

#include <functional>
#include <memory>

#include "ATen/core/Tensor.h"
#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "c10/core/Device.h"
#include "models/samplers/advance.h"

namespace scoreserve {

// A point in a stream's work.
class StreamEvent {
 public:
  virtual ~StreamEvent() = default;
  // All that the stream was asked for so far.
  virtual void Record() = 0;
  // Blocks until what was recorded last is done; returns at once where nothing
  // was.
  virtual void Wait() = 0;
};

// Work that was captured: the same again, on the memory that it was captured
// with, whatever lies there now.
class StreamGraph {
 public:
  virtual ~StreamGraph() = default;
  virtual void Replay() = 0;
};

// Live rows that a stream moves. Tensors lie on its device but for `steps`, and
// are contiguous; the first steps.size() rows count.
struct StreamRows {
  absl::Span<const RowStep> steps;  // As Advance() takes them, or correctors.
  at::Tensor device_steps;  // Room for their bytes: uint8 [≥ sizeof · rows].
  at::Tensor host_steps;    // The same in HostMemory().
  at::Tensor score, x;      // float32 [≥ rows, dim].
  at::Tensor y;             // As x; undefined where no row has a companion.
  // uint8 [≥ rows]: becomes whether all of a row's new x is finite.
  at::Tensor finite;
};

// One thread at a time, but for what Do() is given and events, which may be
// destroyed by any. Methods throw what LibTorch throws.
class Stream {
 public:
  virtual ~Stream() = default;

  virtual at::Device device() const = 0;
  // Whether work goes on after Do() has returned.
  virtual bool runs_ahead() const = 0;

  // Calls `work`, whose LibTorch operations on the device become part of this
  // stream.
  virtual void Do(absl::FunctionRef<void()> work) = 0;

  // Processor memory, zeros, from and to where copies run by themselves.
  virtual at::Tensor HostMemory(at::IntArrayRef sizes, at::ScalarType type) = 0;

  // Copies between the device and HostMemory(), inside Do(), ordered with
  // everything else of this stream. The processor's side has to be left alone
  // until an event after it.
  virtual void Copy(const at::Tensor& from, const at::Tensor& to) {
    to.copy_(from, /*non_blocking=*/true);
  }

  virtual std::unique_ptr<StreamEvent> NewEvent() = 0;

  // Moves rows as AdvanceTensors() does (models/samplers/advance_tensors.h).
  // Inside Do().
  virtual void Advance(const StreamRows& rows) = 0;

  // What `work` asks for, to be replayed inside Do(); null where streams of
  // this kind capture nothing, or `work` cannot be captured. `work` must have
  // run before, so that it allocates nothing that later work reuses; what it
  // uses must outlive the graph. Other threads may go on using the device.
  virtual std::unique_ptr<StreamGraph> Capture(std::function<void()> work) = 0;

  // Gives memory back that is kept for reuse.
  virtual void GiveBack() = 0;
};

// By LibTorch's plain operations, on any device; captures nothing.
std::unique_ptr<Stream> NewPlainStream(at::Device device);

// On a CUDA device by itself: a stream of its own, pinned memory, the one
// kernel of models/samplers/advance.cu, graphs. The first of these for builds
// without CUDA sources.
std::unique_ptr<Stream> NewStream(at::Device device);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_STREAM_H_
