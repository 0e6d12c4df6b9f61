#include "models/training/example_buffer.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "ATen/core/Tensor.h"
#include "ATen/ops/arange.h"
#include "absl/strings/str_cat.h"
#include "models/networks/ordinary_mode.h"
#include "models/status.h"
#include "models/training/stream_law.h"

namespace scoreserve {

absl::Status CheckBufferOptions(const ExampleBufferOptions& options) {
  if (options.capacity < 1) {
    return InvalidField("capacity", "at least 1",
                        absl::StrCat(options.capacity));
  }
  if (!(options.hold_out_share >= 0.0 && options.hold_out_share <= 0.9)) {
    return InvalidField("hold_out_share", "at least 0 and at most 0.9",
                        absl::StrCat(options.hold_out_share));
  }
  return absl::OkStatus();
}

ExampleBuffer::ExampleBuffer(const ExampleBufferOptions& options, uint64_t seed,
                             int64_t dim, bool conditioned)
    : options_(options),
      seed_(seed),
      slots_(options.capacity, dim, conditioned),
      held_out_(kHoldOutRows, dim, conditioned) {}

void ExampleBuffer::Add(const ConditionedRows& rows) {
  const ConditionedRows flat = {.x = rows.x.contiguous(),
                                .condition = rows.condition.defined()
                                                 ? rows.condition.contiguous()
                                                 : rows.condition};
  for (int64_t row = 0; row < flat.size(); ++row) Place(&flat, row);
}

void ExampleBuffer::SkipRows(int64_t count) {
  for (int64_t row = 0; row < count; ++row) Place(nullptr, row);
}

void ExampleBuffer::Place(const ConditionedRows* rows, int64_t row) {
  const int64_t offset = offsets_++;
  if (IsHeldOut(seed_, offset, options_.hold_out_share)) {
    const int64_t ordinal = offset - training_rows_;
    held_out_.Put(WindowSlot(ordinal, kHoldOutRows), offset, rows, row);
    return;
  }
  const int64_t ordinal = training_rows_++;
  const std::optional<int64_t> slot =
      options_.policy == BufferPolicy::kWindow
          ? WindowSlot(ordinal, options_.capacity)
          : ReservoirSlot(seed_, ordinal, options_.capacity);
  if (slot.has_value()) slots_.Put(*slot, offset, rows, row);
}

HoldOut ExampleBuffer::Newest(int64_t most, int64_t from_ordinal) const {
  const OrdinaryMode ordinary;
  const int64_t end = hold_out_rows();
  const int64_t kept = end - held_out_.visible();
  const int64_t first =
      std::min(end, std::max({kept, from_ordinal, end - most}));
  const at::Tensor slots =
      at::arange(first, end, at::kLong).remainder(kHoldOutRows);
  return {.rows = held_out_.rows().Select(slots), .first_ordinal = first};
}

bool ExampleBuffer::Needs(int64_t first_offset, int64_t rows) const {
  return slots_.Holds(first_offset, rows) ||
         held_out_.Holds(first_offset, rows);
}

}  // namespace scoreserve
