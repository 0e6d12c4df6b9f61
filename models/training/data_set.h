// Rows of a file as training takes them: the columns that are data, split into
// training and held-out rows, with the map to model space that makes them of
// unit variance.

#ifndef SCORESERVE_MODELS_TRAINING_DATA_SET_H_
#define SCORESERVE_MODELS_TRAINING_DATA_SET_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/status/statusor.h"
#include "models/io/model_config.h"
#include "models/io/rows.h"
#include "models/objectives/conditioned_rows.h"

namespace scoreserve {

struct DataOptions {
  std::string path = {};  // As ReadRows() takes it.
  int64_t first_column = 0;
  std::optional<int64_t> end_column = {};  // One past the last; absent: all.
  std::vector<int64_t> shape = {};  // Of one row; empty: its number of columns.
  int64_t hold_out_every = 10;      // Rows i with i % n = n − 1; 0: none.
  // Absent: mean and standard deviation over all values of the training rows.
  std::optional<double> offset = {}, scale = {};
  std::optional<double> min = {},
                        max = {};  // Where data lies, if it is bounded.
  // That of the class 0, 1, … of a row; not one of the data's.
  std::optional<int64_t> class_column = {};
};

// Rows in data space.
struct DataSet {
  Rows training;
  Rows hold_out;
  DataSpace space;
  // Of each row, where there is a column of them. `classes` is one more than
  // the largest.
  std::vector<int64_t> training_classes = {}, hold_out_classes = {};
  int64_t classes = 0;
};

// INVALID_ARGUMENT naming the field where columns, shape or split do not fit
// the rows, where there are fewer than 2 training rows, where classes are no
// integers from 0, or where no scale can be had from values that are all the
// same.
absl::StatusOr<DataSet> MakeDataSet(const Rows& rows,
                                    const DataOptions& options);

// The same of a file; also as ReadRows().
absl::StatusOr<DataSet> ReadDataSet(const DataOptions& options);

// float32 [rows, dim]: (x − offset) / scale.
at::Tensor ToModelSpace(const Rows& rows, const DataSpace& space);

// The same with a class a row, or none where `classes` is empty.
ConditionedRows ToModelSpace(const Rows& rows,
                             const std::vector<int64_t>& classes,
                             const DataSpace& space);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_DATA_SET_H_
