// Rows that clients send to learn from.

#ifndef SCORESERVE_SERVER_ENGINE_EXAMPLE_ROWS_H_
#define SCORESERVE_SERVER_ENGINE_EXAMPLE_ROWS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "models/io/model_config.h"
#include "models/objectives/conditioned_rows.h"

namespace scoreserve {

// Rows of one message, in data space.
struct Examples {
  int64_t first_offset = 0;      // Of the first row, in the job's stream.
  std::vector<float> x;          // [rows · dim]
  std::vector<int64_t> classes;  // One a row, or empty: none.
};

// OK where all rows are finite and in the data's range, and their classes are
// ones of the model or −1. INVALID_ARGUMENT naming "x[7]", the row's index
// here, or "classes[7]", rule and value.
absl::Status CheckExamples(const ModelConfig& config, const Examples& examples);

// The rows as training takes them: in model space.
ConditionedRows ToRows(const ModelConfig& config, absl::Span<const float> x,
                       absl::Span<const int64_t> classes);

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_EXAMPLE_ROWS_H_
