#include <memory>

#include "ATen/ops/isfinite.h"
#include "ATen/ops/zeros.h"
#include "models/samplers/advance_tensors.h"
#include "server/engine/stream.h"

namespace scoreserve {
namespace {

// Copies to and from memory that is not pinned are done when they return.
class NoEvent final : public StreamEvent {
 public:
  void Record() override {}
  void Wait() override {}
};

class PlainStream final : public Stream {
 public:
  explicit PlainStream(at::Device device) : device_(device) {}

  at::Device device() const override { return device_; }
  bool runs_ahead() const override { return !device_.is_cpu(); }

  void Do(absl::FunctionRef<void()> work) override { work(); }

  at::Tensor HostMemory(at::IntArrayRef sizes, at::ScalarType type) override {
    return at::zeros(sizes, type);
  }

  std::unique_ptr<StreamEvent> NewEvent() override {
    return std::make_unique<NoEvent>();
  }

  void Advance(const StreamRows& rows) override {
    const auto live = static_cast<int64_t>(rows.steps.size());
    const auto first = [live](const at::Tensor& plane) {
      return plane.defined() ? plane.narrow(0, 0, live) : plane;
    };
    AdvanceTensors(rows.steps, first(rows.score), first(rows.x), first(rows.y));
    first(rows.finite).copy_(at::isfinite(first(rows.x)).all(1));
  }

  std::unique_ptr<StreamGraph> Capture(std::function<void()>) override {
    return nullptr;
  }

  void GiveBack() override {}

 private:
  const at::Device device_;
};

}  // namespace

std::unique_ptr<Stream> NewPlainStream(at::Device device) {
  return std::make_unique<PlainStream>(device);
}

#ifndef SCORESERVE_CUDA
std::unique_ptr<Stream> NewStream(at::Device device) {
  return NewPlainStream(device);
}
#endif

}  // namespace scoreserve
