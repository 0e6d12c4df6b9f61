// What training sees of a stream of rows: a bounded buffer to train on, and the
// newest of the rows that are held out.

#ifndef SCORESERVE_MODELS_TRAINING_EXAMPLE_BUFFER_H_
#define SCORESERVE_MODELS_TRAINING_EXAMPLE_BUFFER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "models/objectives/conditioned_rows.h"
#include "models/training/example_buffer_options.h"
#include "models/training/row_slots.h"

namespace scoreserve {

// INVALID_ARGUMENT naming the field: "capacity" must be at least 1, and
// "hold_out_share" lie in [0, 0.9].
absl::Status CheckBufferOptions(const ExampleBufferOptions& options);

// Consecutive held-out rows.
struct HoldOut {
  ConditionedRows rows;       // Copies; [0, dim] where there are none.
  int64_t first_ordinal = 0;  // Of the first; the others' follow.
  int64_t end_ordinal() const { return first_ordinal + rows.size(); }
};

// The rows of a stream have offsets 0, 1, …. What becomes of one follows from
// the seed, its offset and the options alone (stream_law.h): it is held out,
// with the next hold-out ordinal, and then never trained on; or it has the next
// training ordinal, and the policy says which slot it takes, whose row is gone.
//
// So a buffer is restored by adding the same rows again, in calls of any size;
// and SkipRows() stands for rows that nothing Needs(), whose data may be gone.
// With a hold_out_share of 0 and no more rows than its capacity, training() is
// the rows in their order.
//
// Its memory grows with the rows, by doubling, and not beyond what `capacity`
// and kHoldOutRows take. Thread-compatible; may be used in inference mode.
class ExampleBuffer {
 public:
  static constexpr int64_t kHoldOutRows = 2048;  // The newest, which are kept.

  // Of rows [dim] in model space; with `conditioned`, each has a condition.
  // Requires OK of CheckBufferOptions().
  ExampleBuffer(const ExampleBufferOptions& options, uint64_t seed, int64_t dim,
                bool conditioned);

  // Takes copies of the rows at the next offsets. Requires rows of that dim;
  // where `rows` has no conditions and the buffer has, theirs are
  // kNoCondition.
  void Add(const ConditionedRows& rows);

  // Passes over `count` offsets as if their rows had been added. Where one of
  // these rows is not replaced later, it is zeros, and missing().
  void SkipRows(int64_t count);

  // A view of the visible slots, [visible(), dim], until the next Add() or
  // SkipRows().
  ConditionedRows training() const { return slots_.rows(); }

  // The newest held-out rows of ordinals from `from_ordinal` on, as far as they
  // are kept: at most `most`.
  HoldOut Newest(int64_t most, int64_t from_ordinal = 0) const;

  // Whether a row of offsets first_offset … first_offset + rows − 1 is in a
  // slot or among the held-out rows that are kept. Once none is, none ever will
  // be. Takes time in proportion to `rows`.
  bool Needs(int64_t first_offset, int64_t rows) const;

  // Rows that were passed over and that a slot, or the held-out rows that are
  // kept, should hold: 0 where all that mattered was added.
  int64_t missing() const { return slots_.missing() + held_out_.missing(); }

  int64_t offsets() const { return offsets_; }  // Rows added or passed over.
  int64_t training_rows() const { return training_rows_; }  // Of those.
  int64_t hold_out_rows() const { return offsets_ - training_rows_; }
  int64_t visible() const { return slots_.visible(); }  // Rows to train on.

 private:
  // The row at the next offset; `row` of `rows`, or none where that is null.
  void Place(const ConditionedRows* rows, int64_t row);

  ExampleBufferOptions options_;
  uint64_t seed_;
  int64_t offsets_ = 0, training_rows_ = 0;
  RowSlots slots_, held_out_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_EXAMPLE_BUFFER_H_
