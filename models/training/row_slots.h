#ifndef SCORESERVE_MODELS_TRAINING_ROW_SLOTS_H_
#define SCORESERVE_MODELS_TRAINING_ROW_SLOTS_H_

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "ATen/core/Tensor.h"
#include "models/objectives/conditioned_rows.h"

namespace scoreserve {

// Rows of a stream in numbered slots, each with the offset that it had there.
// Slots are filled for the first time in their order. Memory grows by doubling.
// Thread-compatible.
class RowSlots {
 public:
  RowSlots(int64_t capacity, int64_t dim, bool conditioned);

  // Puts row `row` of `rows`, or zeros where that is null and the row missing,
  // into `slot`, at most visible() and less than the capacity.
  void Put(int64_t slot, int64_t offset, const ConditionedRows* rows,
           int64_t row);

  // The slots that were filled: a view, until the next Put().
  ConditionedRows rows() const { return storage_.Range(0, visible()); }

  // Whether a slot holds a row of offsets first … first + count − 1.
  bool Holds(int64_t first, int64_t count) const;

  int64_t visible() const { return static_cast<int64_t>(offsets_.size()); }
  int64_t missing() const { return missing_; }

 private:
  // Makes room for `slots`, at most the capacity.
  void Grow(int64_t slots);
  // Note that a row came or went.
  void Note(int64_t offset);
  void Forget(int64_t offset);

  int64_t capacity_;
  ConditionedRows storage_;
  std::vector<int64_t> offsets_;  // Of each slot; ~offset where it is missing.
  // Which of offsets 64 n … 64 n + 63 are here, by n.
  std::unordered_map<int64_t, uint64_t> held_;
  int64_t missing_ = 0;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_ROW_SLOTS_H_
