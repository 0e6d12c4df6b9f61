#ifndef SCORESERVE_MODELS_OBJECTIVES_CONDITIONED_ROWS_H_
#define SCORESERVE_MODELS_OBJECTIVES_CONDITIONED_ROWS_H_

#include <cstdint>

#include "ATen/core/Tensor.h"

namespace scoreserve {

// Rows of data in model space, and what each is conditioned on.
struct ConditionedRows {
  at::Tensor x{};  // float32 [rows, dim].
  // int64 [rows], as ScoreInput's; undefined: none anywhere.
  at::Tensor condition{};

  int64_t size() const { return x.size(0); }

  // Rows first … first + count: a view of them.
  ConditionedRows Range(int64_t first, int64_t count) const {
    return {.x = x.narrow(0, first, count),
            .condition = condition.defined() ? condition.narrow(0, first, count)
                                             : condition};
  }

  // The same rows on `device`.
  ConditionedRows To(at::Device device) const {
    return {
        .x = x.to(device),
        .condition = condition.defined() ? condition.to(device) : condition};
  }

  // The rows that `index`, int64 [n], names: copies.
  ConditionedRows Select(const at::Tensor& index) const {
    return {.x = x.index_select(0, index),
            .condition = condition.defined() ? condition.index_select(0, index)
                                             : condition};
  }
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_OBJECTIVES_CONDITIONED_ROWS_H_
