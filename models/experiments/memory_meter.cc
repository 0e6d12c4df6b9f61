#include "models/experiments/memory_meter.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "c10/core/Allocator.h"
#include "c10/core/CPUAllocator.h"

namespace scoreserve {
namespace {

// Counts what it passes on to LibTorch's own allocator. Blocks may outlive a
// measurement, so it stays in place once it is.
class Meter final : public c10::Allocator {
 public:
  explicit Meter(c10::Allocator* base) : base_(base) {}

  c10::DataPtr allocate(size_t bytes) override {
    auto block = std::make_unique<Block>(
        Block{this, static_cast<int64_t>(bytes), base_->allocate(bytes)});
    const int64_t now = live_ += block->bytes;
    peak_ = std::max(peak_.load(), now);
    void* data = block->memory.get();
    const c10::Device device = block->memory.device();
    return {data, block.release(), &Free, device};
  }
  c10::DeleterFnPtr raw_deleter() const override { return nullptr; }
  void copy_data(void* to, const void* from, size_t bytes) const override {
    base_->copy_data(to, from, bytes);
  }

  int64_t live() const { return live_; }
  int64_t peak() const { return peak_; }
  void ResetPeak() { peak_ = live_.load(); }

 private:
  struct Block {
    Meter* meter;
    int64_t bytes;
    c10::DataPtr memory;
  };
  static void Free(void* block) {
    const std::unique_ptr<Block> owned(static_cast<Block*>(block));
    owned->meter->live_ -= owned->bytes;
  }

  c10::Allocator* const base_;
  std::atomic<int64_t> live_{0}, peak_{0};
};

}  // namespace

int64_t PeakTensorBytes(const std::function<void()>& work) {
  static Meter& meter = *new Meter(c10::GetCPUAllocator());
  c10::SetCPUAllocator(&meter, /*priority=*/1);
  meter.ResetPeak();
  const int64_t before = meter.live();
  work();
  return meter.peak() - before;
}

}  // namespace scoreserve
