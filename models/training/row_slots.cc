#include "models/training/row_slots.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "ATen/ops/empty.h"
#include "models/networks/ordinary_mode.h"
#include "models/networks/score_network.h"

namespace scoreserve {
namespace {

constexpr int64_t kFirstSlots = 64;

// The first rows of `from`, with room for `slots`.
at::Tensor Grown(const at::Tensor& from, int64_t filled, int64_t slots) {
  std::vector<int64_t> shape = from.sizes().vec();
  shape[0] = slots;
  const at::Tensor grown = at::empty(shape, from.options());
  grown.narrow(0, 0, filled).copy_(from.narrow(0, 0, filled));
  return grown;
}

}  // namespace

RowSlots::RowSlots(int64_t capacity, int64_t dim, bool conditioned)
    : capacity_(capacity) {
  // The trainer takes derivatives of what it finds here.
  const OrdinaryMode ordinary;
  storage_.x = at::empty({0, dim}, at::kFloat);
  if (conditioned) storage_.condition = at::empty({0}, at::kLong);
}

void RowSlots::Grow(int64_t slots) {
  const int64_t room = storage_.size();
  if (slots <= room) return;
  const int64_t wanted =
      std::min(capacity_, std::max({slots, kFirstSlots, 2 * room}));
  const OrdinaryMode ordinary;
  storage_.x = Grown(storage_.x, visible(), wanted);
  if (storage_.condition.defined()) {
    storage_.condition = Grown(storage_.condition, visible(), wanted);
  }
}

void RowSlots::Put(int64_t slot, int64_t offset, const ConditionedRows* rows,
                   int64_t row) {
  Grow(slot + 1);
  if (slot == visible()) {
    offsets_.push_back(0);
  } else {
    Forget(offsets_[static_cast<size_t>(slot)]);
  }
  offsets_[static_cast<size_t>(slot)] = rows == nullptr ? ~offset : offset;
  Note(offsets_[static_cast<size_t>(slot)]);

  const int64_t dim = storage_.x.size(1);
  float* x = storage_.x.mutable_data_ptr<float>() + slot * dim;
  if (rows == nullptr) {
    std::fill_n(x, dim, 0.0f);
  } else {
    std::memcpy(x, rows->x.const_data_ptr<float>() + row * dim,
                static_cast<size_t>(dim) * sizeof(float));
  }
  if (!storage_.condition.defined()) return;
  storage_.condition.mutable_data_ptr<int64_t>()[slot] =
      rows != nullptr && rows->condition.defined()
          ? rows->condition.const_data_ptr<int64_t>()[row]
          : kNoCondition;
}

bool RowSlots::Holds(int64_t first, int64_t count) const {
  const int64_t end = first + count;
  for (int64_t block = first / 64; block * 64 < end; ++block) {
    const auto found = held_.find(block);
    if (found == held_.end()) continue;
    uint64_t inside = found->second;
    if (block * 64 < first) inside &= ~uint64_t{0} << (first - block * 64);
    if (end - block * 64 < 64) {
      inside &= (uint64_t{1} << (end - block * 64)) - 1;
    }
    if (inside != 0) return true;
  }
  return false;
}

void RowSlots::Note(int64_t offset) {
  if (offset < 0) {
    ++missing_;
    offset = ~offset;
  }
  held_[offset / 64] |= uint64_t{1} << (offset % 64);
}

void RowSlots::Forget(int64_t offset) {
  if (offset < 0) {
    --missing_;
    offset = ~offset;
  }
  const auto found = held_.find(offset / 64);
  found->second &= ~(uint64_t{1} << (offset % 64));
  if (found->second == 0) held_.erase(found);
}

}  // namespace scoreserve
