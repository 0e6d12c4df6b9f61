#include "models/training/data_set.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/tensor.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/status.h"

namespace scoreserve {
namespace {

absl::StatusOr<Rows> SelectColumns(const Rows& rows, int64_t first,
                                   int64_t end) {
  if (first < 0 || end <= first || end > rows.dim) {
    return InvalidField(
        "columns", absl::StrCat("a range inside 0:", rows.dim, ", the file's"),
        absl::StrCat(first, ":", end));
  }
  Rows selected = {.dim = end - first, .values = {}};
  selected.values.reserve(static_cast<size_t>(rows.rows() * selected.dim));
  for (int64_t i = 0; i < rows.rows(); ++i) {
    selected.values.insert(selected.values.end(), rows.row(i) + first,
                           rows.row(i) + end);
  }
  return selected;
}

// In two passes and in double.
void FillScale(const Rows& rows, const DataOptions& options, DataSpace& space) {
  const auto count = static_cast<double>(rows.values.size());
  double sum = 0.0, squares = 0.0;
  for (const float value : rows.values) sum += value;
  space.offset = options.offset.value_or(sum / count);
  for (const float value : rows.values) {
    squares += (value - sum / count) * (value - sum / count);
  }
  space.scale = options.scale.value_or(std::sqrt(squares / count));
}

constexpr float kLastClass = 999'999.0f;

bool HeldOut(const DataOptions& options, int64_t row) {
  const int64_t every = options.hold_out_every;
  return every > 0 && row % every == every - 1;
}

absl::Status FillClasses(const Rows& rows, const DataOptions& options,
                         DataSet& set) {
  if (!options.class_column.has_value()) return absl::OkStatus();
  const int64_t column = *options.class_column;
  if (column < 0 || column >= rows.dim) {
    return InvalidField("class-column",
                        absl::StrCat("inside 0:", rows.dim, ", the file's"),
                        absl::StrCat(column));
  }
  if (column >= options.first_column &&
      column < options.end_column.value_or(rows.dim)) {
    return InvalidField("class-column", "outside of the data's columns",
                        absl::StrCat(column));
  }
  for (int64_t i = 0; i < rows.rows(); ++i) {
    const float value = rows.row(i)[column];
    if (!(value >= 0.0f) || value > kLastClass || value != std::floor(value)) {
      return InvalidField("class-column", "of integers from 0 to 999999",
                          absl::StrCat(value, " in row ", i + 1));
    }
    const auto c = static_cast<int64_t>(value);
    (HeldOut(options, i) ? set.hold_out_classes : set.training_classes)
        .push_back(c);
    set.classes = std::max(set.classes, c + 1);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DataSet> MakeDataSet(const Rows& rows,
                                    const DataOptions& options) {
  absl::StatusOr<Rows> data = SelectColumns(
      rows, options.first_column, options.end_column.value_or(rows.dim));
  if (!data.ok()) return data.status();

  DataSet set;
  set.space.shape = options.shape;
  if (set.space.shape.empty()) set.space.shape = {data->dim};
  if (set.space.dim() != data->dim) {
    return InvalidField(
        "shape",
        absl::StrCat("of product ", data->dim, ", the number of columns"),
        absl::StrCat("of product ", set.space.dim()));
  }
  set.space.min = options.min;
  set.space.max = options.max;

  const int64_t every = options.hold_out_every;
  if (every < 0 || every == 1) {
    return InvalidField("hold_out_every", "0 or at least 2",
                        absl::StrCat(every));
  }
  set.training.dim = set.hold_out.dim = data->dim;
  for (int64_t i = 0; i < data->rows(); ++i) {
    std::vector<float>& values =
        (HeldOut(options, i) ? set.hold_out : set.training).values;
    values.insert(values.end(), data->row(i), data->row(i) + data->dim);
  }
  if (set.training.rows() < 2) {
    return InvalidField("data", "of at least 2 training rows",
                        absl::StrCat("of ", set.training.rows()));
  }
  absl::Status classes = FillClasses(rows, options, set);
  if (!classes.ok()) return classes;
  FillScale(set.training, options, set.space);
  // Not by the scale: a mean that is rounded leaves a little.
  const auto [least, most] = std::minmax_element(set.training.values.begin(),
                                                 set.training.values.end());
  if (*least == *most && !options.scale.has_value()) {
    return InvalidField(
        "scale",
        absl::StrCat("scale must be given where all training values are the "
                     "same; all of columns ",
                     options.first_column, ":",
                     options.first_column + data->dim, " were ", *least));
  }
  if (!(set.space.scale > 0.0)) {
    return InvalidField("scale", "more than 0", absl::StrCat(set.space.scale));
  }
  return set;
}

absl::StatusOr<DataSet> ReadDataSet(const DataOptions& options) {
  absl::StatusOr<Rows> rows = ReadRows(options.path);
  if (!rows.ok()) return rows.status();
  return MakeDataSet(*rows, options);
}

at::Tensor ToModelSpace(const Rows& rows, const DataSpace& space) {
  const at::Tensor x = at::empty({rows.rows(), rows.dim}, at::kFloat);
  float* out = x.mutable_data_ptr<float>();
  for (const float value : rows.values) {
    *out++ = static_cast<float>((value - space.offset) / space.scale);
  }
  return x;
}

ConditionedRows ToModelSpace(const Rows& rows,
                             const std::vector<int64_t>& classes,
                             const DataSpace& space) {
  ConditionedRows conditioned = {.x = ToModelSpace(rows, space)};
  if (!classes.empty()) {
    conditioned.condition = at::tensor(classes, at::kLong);
  }
  return conditioned;
}

}  // namespace scoreserve
