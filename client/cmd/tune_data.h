#ifndef SCORESERVE_CLIENT_CMD_TUNE_DATA_H_
#define SCORESERVE_CLIENT_CMD_TUNE_DATA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "client/cmd/condition.h"
#include "models/io/rows.h"
#include "scoreserve/fine_tuning.h"

namespace scoreserve::ctl {

// Which rows `tune` sends.
struct TuneDataOptions {
  std::string data, columns;
  std::optional<int64_t> class_column;
  ConditionOptions condition;  // Without guidance.
};

struct TuneData {
  Rows rows;
  std::vector<int64_t> classes;  // As ExampleRows::classes.

  // Refers to this.
  ExampleRows examples() const {
    return {.rows = rows.rows(), .x = rows.values, .classes = classes};
  }
};

// `options` outlives `command`.
void AddTuneDataOptions(CLI::App& command, TuneDataOptions& options);

// Reads the file. A usage error, or a file error.
absl::StatusOr<TuneData> ReadTuneData(const TuneDataOptions& options);

// What the file's rows are, by the options. A usage error where there are no
// such columns, the classes' is one of the data's, or it has other than classes
// (integers, −1 for none).
absl::StatusOr<TuneData> SelectData(const TuneDataOptions& options, Rows file);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_TUNE_DATA_H_
