#include "server/engine/device_memory.h"

#include <cmath>
#include <exception>
#include <string>

#include "ATen/Context.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "c10/core/CachingDeviceAllocator.h"
#include "models/byte_size.h"
#include "models/status.h"
#include "server/engine/memory_limit.h"

namespace scoreserve {
namespace {

constexpr double kOfFree = 0.9, kOfProcessors = 0.75;

double UsableBytes(at::Device device) {
  if (device.is_cpu()) return kOfProcessors * MemoryLimit();
  try {
    at::globalContext().lazyInitDevice(device.type());
    const auto [free, total] =
        c10::getDeviceAllocator(device.type())->getMemoryInfo(device.index());
    return kOfFree * static_cast<double>(free);
  } catch (const std::exception&) {
    return INFINITY;  // A runtime that does not say.
  }
}

}  // namespace

DeviceBudget DefaultBudget(at::Device device) {
  DeviceBudget budget = {.device = device};
  const double bytes = UsableBytes(device);
  if (bytes < static_cast<double>(budget.bytes))
    budget.bytes = static_cast<int64_t>(bytes);
  return budget;
}

MemoryHold& MemoryHold::operator=(MemoryHold&& other) noexcept {
  if (this == &other) return *this;
  GiveBack();
  books_ = std::move(other.books_);
  device_ = std::exchange(other.device_, 0);
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

void MemoryHold::GiveBack() {
  if (books_ == nullptr) return;
  {
    absl::MutexLock lock(&books_->mu);
    books_->held[device_] -= bytes_;
  }
  books_.reset();
}

DeviceMemory::DeviceMemory(std::vector<DeviceBudget> devices)
    : devices_(std::move(devices)),
      books_(std::make_shared<MemoryHold::Books>()) {
  absl::MutexLock lock(&books_->mu);
  books_->held.resize(devices_.size());
}

absl::StatusOr<MemoryHold> DeviceMemory::Place(
    int64_t bytes, std::optional<size_t> preferred) {
  absl::MutexLock lock(&books_->mu);
  std::optional<size_t> best;
  double least = 0.0;
  for (size_t device = 0; device < devices_.size(); ++device) {
    if (!Fits(bytes, device)) continue;
    const double share = static_cast<double>(books_->held[device]) /
                         static_cast<double>(devices_[device].bytes);
    if (best.has_value() && share >= least) continue;
    best = device;
    least = share;
  }
  if (!best.has_value()) return NoRoom(bytes);
  if (preferred.has_value() && Fits(bytes, *preferred)) best = preferred;
  books_->held[*best] += bytes;
  MemoryHold hold;
  hold.books_ = books_;
  hold.device_ = *best;
  hold.bytes_ = bytes;
  return hold;
}

absl::Status DeviceMemory::CheckRoom(int64_t bytes) const {
  absl::MutexLock lock(&books_->mu);
  for (size_t device = 0; device < devices_.size(); ++device) {
    if (Fits(bytes, device)) return absl::OkStatus();
  }
  return NoRoom(bytes);
}

absl::Status DeviceMemory::NoRoom(int64_t bytes) const {
  std::vector<std::string> sizes;
  for (size_t device = 0; device < devices_.size(); ++device) {
    const auto& [name, budget] = devices_[device];
    sizes.push_back(absl::StrCat(name.str(), " has ",
                                 ByteSizeText(budget - books_->held[device]),
                                 " free of ", ByteSizeText(budget)));
  }
  return Overloaded(absl::StrCat("no device has room for ", ByteSizeText(bytes),
                                 ": ", absl::StrJoin(sizes, "; ")),
                    absl::InfiniteDuration());
}

int64_t DeviceMemory::free(size_t device) const {
  absl::MutexLock lock(&books_->mu);
  return devices_[device].bytes - books_->held[device];
}

}  // namespace scoreserve
