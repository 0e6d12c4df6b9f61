// How much of which device's memory is promised to models.

#ifndef SCORESERVE_SERVER_ENGINE_DEVICE_MEMORY_H_
#define SCORESERVE_SERVER_ENGINE_DEVICE_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "c10/core/Device.h"

namespace scoreserve {

// A device, and how many bytes of its memory models may have.
struct DeviceBudget {
  at::Device device = at::kCPU;
  int64_t bytes = std::numeric_limits<int64_t>::max();
};

// The budget of a device where nobody says: nine tenths of what is free of an
// accelerator's memory now, since the caching of its allocator and its
// libraries take some; three quarters of the processor's (memory_limit.h),
// since requests and training lie there too. Without a bound where that cannot
// be found out.
DeviceBudget DefaultBudget(at::Device device);

// Some bytes of a device, given back when this is destroyed. Movable; may
// outlive the account.
class MemoryHold {
 public:
  MemoryHold() = default;  // Nothing.
  MemoryHold(MemoryHold&& other) noexcept { *this = std::move(other); }
  MemoryHold& operator=(MemoryHold&& other) noexcept;
  ~MemoryHold() { GiveBack(); }

  size_t device() const { return device_; }  // Its place in the list.
  int64_t bytes() const { return bytes_; }

 private:
  friend class DeviceMemory;
  struct Books {
    mutable absl::Mutex mu;
    std::vector<int64_t> held ABSL_GUARDED_BY(mu);
  };

  void GiveBack();

  std::shared_ptr<Books> books_;
  size_t device_ = 0;
  int64_t bytes_ = 0;
};

// The account of a list of devices, which may be of one kind: they are told
// apart by their place in it. Nothing is allocated or measured here.
// Thread-safe.
class DeviceMemory {
 public:
  // At least one device.
  explicit DeviceMemory(std::vector<DeviceBudget> devices);

  // Promises `bytes` of the device that `preferred` names where they fit there;
  // else of the one with the least share of its budget promised, the first
  // among equals, of those where they fit. RESOURCE_EXHAUSTED (OVERLOADED; to
  // wait helps only where models go) with the sizes where they fit nowhere.
  absl::StatusOr<MemoryHold> Place(
      int64_t bytes, std::optional<size_t> preferred = std::nullopt);

  // OK where Place() would find room now, else what it would return.
  absl::Status CheckRoom(int64_t bytes) const;

  const std::vector<DeviceBudget>& devices() const { return devices_; }
  int64_t free(size_t device) const;

 private:
  bool Fits(int64_t bytes, size_t device) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(books_->mu) {
    return bytes <= devices_[device].bytes - books_->held[device];
  }
  absl::Status NoRoom(int64_t bytes) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(books_->mu);

  const std::vector<DeviceBudget> devices_;
  const std::shared_ptr<MemoryHold::Books> books_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_DEVICE_MEMORY_H_
