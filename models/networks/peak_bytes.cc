#include "models/networks/peak_bytes.h"

#include <algorithm>
#include <cstddef>
#include <memory>

#include "c10/core/Allocator.h"
#include "c10/core/Device.h"
#include "c10/util/ThreadLocalDebugInfo.h"

namespace scoreserve {
namespace {

// Hears of every block that LibTorch's allocator hands out on the threads that
// carry it, and of its end.
class Meter final : public c10::MemoryReportingInfoBase {
 public:
  void reportMemoryUsage(void*, int64_t bytes, size_t, size_t,
                         c10::Device device) override {
    if (!device.is_cpu()) return;
    live_ += bytes;
    peak_ = std::max(peak_, live_);
  }
  bool memoryProfilingEnabled() const override { return true; }

  int64_t peak() const { return peak_; }

 private:
  int64_t live_ = 0, peak_ = 0;
};

}  // namespace

int64_t PeakTensorBytesHere(absl::FunctionRef<void()> work) {
  const auto meter = std::make_shared<Meter>();
  const c10::DebugInfoGuard guard(c10::DebugInfoKind::PROFILER_STATE, meter);
  work();
  return meter->peak();
}

}  // namespace scoreserve
