#include "client/cmd/tune_data.h"

#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cmd/outcome.h"

namespace scoreserve::ctl {
namespace {

// Floats tell integers below from their neighbours.
constexpr float kLastClass = 1 << 24;

struct Columns {
  int64_t first = 0, end = 0;
};

// FIRST:END of `dim` columns; all of them of "".
absl::StatusOr<Columns> ParseColumns(const std::string& text, int64_t dim) {
  Columns columns = {.first = 0, .end = dim};
  if (text.empty()) return columns;
  const std::vector<std::string> ends = absl::StrSplit(text, ':');
  if (ends.size() != 2 || !absl::SimpleAtoi(ends[0], &columns.first) ||
      !absl::SimpleAtoi(ends[1], &columns.end) || columns.first < 0 ||
      columns.end <= columns.first || columns.end > dim) {
    return UsageError(absl::StrCat("--columns must be FIRST:END inside 0:", dim,
                                   ", the file's; was '", text, "'"));
  }
  return columns;
}

absl::StatusOr<std::vector<int64_t>> ClassesIn(const Rows& file,
                                               const Columns& data,
                                               int64_t column) {
  if (column < 0 || column >= file.dim) {
    return UsageError(absl::StrCat("--class-column must be inside 0:", file.dim,
                                   ", the file's; was ", column));
  }
  if (column >= data.first && column < data.end) {
    return UsageError(absl::StrCat(
        "--class-column must be outside of the "
        "data's columns, ",
        data.first, ":", data.end, " (--columns picks them); was ", column));
  }
  std::vector<int64_t> classes;
  for (int64_t i = 0; i < file.rows(); ++i) {
    const float value = file.row(i)[column];
    if (value < -1.0f || value > kLastClass || value != std::floor(value)) {
      return UsageError(
          absl::StrCat("--class-column must have integers from "
                       "-1, which is none; row ",
                       i + 1, " has ", value));
    }
    classes.push_back(static_cast<int64_t>(value));
  }
  return classes;
}

}  // namespace

void AddTuneDataOptions(CLI::App& command, TuneDataOptions& options) {
  command
      .add_option("--data", options.data,
                  "Rows to learn from, in data space: a .csv, .csv.gz or .npy "
                  "file, or - for csv on standard input")
      ->required();
  command.add_option("--columns", options.columns,
                     "Only these columns of it: FIRST:END, END not included");
  CLI::Option* const column = command.add_option(
      "--class-column", options.class_column,
      "The column, from 0, that has the class of each row; -1 there: none");
  AddConditionOption(command, options.condition)->excludes(column);
}

absl::StatusOr<TuneData> ReadTuneData(const TuneDataOptions& options) {
  absl::StatusOr<Rows> rows = ReadRows(options.data);
  if (!rows.ok()) return FileError(rows.status());
  return SelectData(options, *std::move(rows));
}

absl::StatusOr<TuneData> SelectData(const TuneDataOptions& options, Rows file) {
  const absl::StatusOr<Columns> columns =
      ParseColumns(options.columns, file.dim);
  if (!columns.ok()) return columns.status();
  absl::StatusOr<std::vector<int64_t>> classes =
      options.class_column.has_value()
          ? ClassesIn(file, *columns, *options.class_column)
          : ClassesOf(options.condition, file.rows());
  if (!classes.ok()) return classes.status();
  TuneData data = {.rows = {.dim = columns->end - columns->first, .values = {}},
                   .classes = *std::move(classes)};
  if (data.rows.dim == file.dim) {
    data.rows = std::move(file);
    return data;
  }
  data.rows.values.reserve(static_cast<size_t>(file.rows() * data.rows.dim));
  for (int64_t i = 0; i < file.rows(); ++i) {
    data.rows.values.insert(data.rows.values.end(),
                            file.row(i) + columns->first,
                            file.row(i) + columns->end);
  }
  return data;
}

}  // namespace scoreserve::ctl
