// Built where LibTorch has CUDA and its headers are there (SCORESERVE_CUDA).

#ifdef SCORESERVE_CUDA

#include <cuda_runtime_api.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <utility>

#include "ATen/cuda/CUDAGraph.h"
#include "ATen/ops/zeros.h"
#include "c10/cuda/CUDACachingAllocator.h"
#include "c10/cuda/CUDAException.h"
#include "c10/cuda/CUDAGuard.h"
#include "c10/cuda/CUDAStream.h"
#include "server/engine/stream.h"
#ifdef SCORESERVE_ADVANCE_CUDA
#include "models/samplers/advance_cuda.h"
#endif

namespace scoreserve {
namespace {

// Of the runtime itself: LibTorch's class brings cuBLAS along.
class CudaEvent final : public StreamEvent {
 public:
  explicit CudaEvent(const c10::cuda::CUDAStream& stream) : stream_(stream) {
    const c10::cuda::CUDAGuard guard(stream_.device());
    C10_CUDA_CHECK(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming));
  }
  ~CudaEvent() override { C10_CUDA_CHECK_WARN(cudaEventDestroy(event_)); }

  void Record() override {
    C10_CUDA_CHECK(cudaEventRecord(event_, stream_.stream()));
  }
  // One that was never recorded is done.
  void Wait() override { C10_CUDA_CHECK(cudaEventSynchronize(event_)); }

 private:
  const c10::cuda::CUDAStream stream_;
  cudaEvent_t event_ = nullptr;
};

class CudaGraph final : public StreamGraph {
 public:
  // Graphs of one stream are replayed one after the other, so they share what
  // memory they need meanwhile.
  CudaGraph(at::cuda::MempoolId_t pool, const std::function<void()>& work) {
    // Other threads may allocate and copy while this one captures.
    graph_.capture_begin(pool, cudaStreamCaptureModeThreadLocal);
    try {
      work();
    } catch (...) {
      // Ends the capture, or the stream could never be used again.
      try {
        graph_.capture_end();
      } catch (const c10::Error&) {
      }
      throw;
    }
    graph_.capture_end();
  }
  void Replay() override { graph_.replay(); }

 private:
  at::cuda::CUDAGraph graph_;
};

class CudaStream final : public Stream {
 public:
  explicit CudaStream(at::Device device)
      : stream_(c10::cuda::getStreamFromPool(/*isHighPriority=*/true,
                                             device.index())),
        pool_(at::cuda::graph_pool_handle()) {}

  at::Device device() const override { return stream_.device(); }
  bool runs_ahead() const override { return true; }

  void Do(absl::FunctionRef<void()> work) override {
    const c10::cuda::CUDAStreamGuard guard(stream_);
    work();
  }

  at::Tensor HostMemory(at::IntArrayRef sizes, at::ScalarType type) override {
    return at::zeros(sizes,
                     at::TensorOptions().dtype(type).pinned_memory(true));
  }

  std::unique_ptr<StreamEvent> NewEvent() override {
    return std::make_unique<CudaEvent>(stream_);
  }

  void Advance(const StreamRows& rows) override {
#ifdef SCORESERVE_ADVANCE_CUDA
    const size_t bytes = rows.steps.size() * sizeof(RowStep);
    std::memcpy(rows.host_steps.mutable_data_ptr(), rows.steps.data(), bytes);
    const auto size = static_cast<int64_t>(bytes);
    Copy(rows.host_steps.narrow(0, 0, size),
         rows.device_steps.narrow(0, 0, size));
    const int error = AdvanceCuda(
        {.steps = static_cast<const RowStep*>(rows.device_steps.data_ptr()),
         .rows = static_cast<int64_t>(rows.steps.size()),
         .dim = rows.x.size(1),
         .score = rows.score.const_data_ptr<float>(),
         .x = rows.x.mutable_data_ptr<float>(),
         .y = rows.y.defined() ? rows.y.mutable_data_ptr<float>() : nullptr,
         .finite = rows.finite.mutable_data_ptr<uint8_t>()},
        stream_.stream());
    C10_CUDA_CHECK(static_cast<cudaError_t>(error));
#else
    plain_->Advance(rows);
#endif
  }

  std::unique_ptr<StreamGraph> Capture(std::function<void()> work) override {
    const c10::cuda::CUDAStreamGuard guard(stream_);
    return std::make_unique<CudaGraph>(pool_, work);
  }

  void GiveBack() override { c10::cuda::CUDACachingAllocator::emptyCache(); }

 private:
  const c10::cuda::CUDAStream stream_;
  const at::cuda::MempoolId_t pool_;
#ifndef SCORESERVE_ADVANCE_CUDA
  const std::unique_ptr<Stream> plain_ = NewPlainStream(stream_.device());
#endif
};

}  // namespace

std::unique_ptr<Stream> NewStream(at::Device device) {
  if (!device.is_cuda()) return NewPlainStream(device);
  return std::make_unique<CudaStream>(device);
}

}  // namespace scoreserve

#endif  // SCORESERVE_CUDA
